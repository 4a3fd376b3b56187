import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** The maximum size of a function's environment in bytes, as JSON with names and values. */
const LIMIT = 4096;

/** The maximum length of the text that CloudFormation inserts for a `Ref`, by the type of its resource. */
const refs: Readonly<Record<string, number>> = {
  'AWS::ApiGatewayV2::Api': 10,
  'AWS::Cognito::UserPool': 64,
  'AWS::Cognito::UserPoolClient': 26,
  'AWS::Cognito::UserPoolDomain': 63,
  'AWS::DynamoDB::GlobalTable': 255,
  'AWS::DynamoDB::Table': 255,
  'AWS::Lambda::Function': 64,
  // https://sqs.ap-southeast-1.amazonaws.com.cn/123456789012/ and a name of 80 characters.
  'AWS::SQS::Queue': 140,
  'AWS::AccountId': 12,
  'AWS::Partition': 10,
  'AWS::Region': 16,
  'AWS::StackName': 128,
  'AWS::URLSuffix': 24,
};

/** The maximum length of a name that another stack publishes. CloudFormation builds it from the names of the stack and the resource. */
const PUBLISHED = 140;

/** The maximum length of all other references. */
const OTHERWISE = 128;

/** The length of the random end of a name that CloudFormation builds, with two hyphens: stack-resource-1A2B3C4D5E6F7. */
const RANDOM_END = 15;

/**
 * Checks the size of a function's environment before the deployment. Each reference counts with its maximum length.
 *
 * @param setting The settings that determine the length of a variable, by the variable's name.
 * @throws {Error} One line, when the environment can exceed the limit of Lambda.
 */
export function checkEnvironment(
  scope: Construct,
  title: string,
  environment: Readonly<Record<string, string>>,
  setting: Readonly<Record<string, string>>,
): void {
  const stack = Stack.of(scope);
  const longest = Object.entries(environment).map(([name, value]) => [name, longestOf(stack, stack.resolve(value))]);
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(longest)));
  if (bytes <= LIMIT) return;
  const sizes = longest.map(([name = '', value = '']) => [name, Buffer.byteLength(value)] as const);
  const [name, size] = sizes.reduce((longest, current) => (current[1] > longest[1] ? current : longest));
  throw new Error(
    `The environment of ${title} can have ${bytes} bytes, but the limit of Lambda is ${LIMIT}. ${name} has ${size} of them. To fix this, shorten ${setting[name] ?? 'its settings'}.`,
  );
}

/** The resolved value, with a text of the maximum length for each reference. */
function longestOf(stack: Stack, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const { 'Fn::Join': join, 'Fn::If': choice, Ref: ref } = value as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map((part) => longestOf(stack, part)).join(join[0] as string);
  if (Array.isArray(choice)) {
    const [yes = '', no = ''] = choice.slice(1).map((part) => longestOf(stack, part));
    return yes.length > no.length ? yes : no;
  }
  if (typeof ref === 'string') return 'x'.repeat(longestRef(stack, ref));
  return 'x'.repeat(OTHERWISE);
}

function longestRef(stack: Stack, ref: string): number {
  if (ref.startsWith('SsmParameterValue')) return PUBLISHED;
  const known = refs[ref];
  if (known !== undefined) return known;
  const resource = stack.node
    .findAll()
    .find((node): node is CfnResource => node instanceof CfnResource && stack.resolve(node.logicalId) === ref);
  const longest = refs[resource?.cfnResourceType ?? ''] ?? OTHERWISE;
  const isTable = resource instanceof CfnTable || resource instanceof CfnGlobalTable;
  // A table without a name of its own gets one from CloudFormation. The name of a nested stack is not known before the deployment.
  if (!isTable || stack.resolve(resource.tableName) !== undefined || Token.isUnresolved(stack.stackName))
    return longest;
  return Math.min(longest, stack.stackName.length + ref.length + RANDOM_END);
}
