import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Lambda takes so many bytes: names and values, measured as the JSON that it makes of them. */
const LIMIT = 4096;

/** How long what CloudFormation puts in is at most, by the type of resource that a `Ref` names. */
const refs: Readonly<Record<string, number>> = {
  'AWS::ApiGatewayV2::Api': 10,
  'AWS::Cognito::UserPool': 64,
  'AWS::Cognito::UserPoolClient': 26,
  'AWS::Cognito::UserPoolDomain': 63,
  'AWS::DynamoDB::GlobalTable': 255,
  'AWS::DynamoDB::Table': 255,
  'AWS::Lambda::Function': 64,
  // https://sqs.ap-southeast-1.amazonaws.com.cn/123456789012/ and a name of 80.
  'AWS::SQS::Queue': 140,
  'AWS::AccountId': 12,
  'AWS::Partition': 10,
  'AWS::Region': 16,
  'AWS::StackName': 128,
  'AWS::URLSuffix': 24,
};

/** A name that is published by another stack: CloudFormation makes it of the stack's name and the construct's. */
const PUBLISHED = 140;

/** Nothing else that an environment refers to is longer. */
const OTHERWISE = 128;

/**
 * Checks the size of a function's environment before it is deployed, with each reference as long as it can become.
 *
 * @param setting What in cdk.json makes a variable long, by its name.
 * @throws {Error} One line, when Lambda would reject it.
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
  const [name, size] = sizes.reduce((most, one) => (one[1] > most[1] ? one : most));
  throw new Error(
    `The environment of ${title} can take ${bytes} bytes, and Lambda takes ${LIMIT}: ${name} has ${size} of them. Shorten ${setting[name] ?? 'its settings'} in cdk.json.`,
  );
}

/** What a value resolves to, with a text of the greatest length for each reference. */
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
  const named = stack.node
    .findAll()
    .find((one): one is CfnResource => one instanceof CfnResource && stack.resolve(one.logicalId) === ref);
  return refs[named?.cfnResourceType ?? ''] ?? OTHERWISE;
}
