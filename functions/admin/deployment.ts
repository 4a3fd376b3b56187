import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Backlog } from '../edge/backlog.ts';
import { DeliveryQueue } from '../edge/queue.ts';
import type { AdminParts } from './operations.ts';
import { Refusal } from './refusal.ts';

const STACK = 'CrmTriggers';

/** The stack's outputs by name. @throws {Refusal} When the stack is not there. */
export async function stackOutputs(): Promise<Readonly<Record<string, string>>> {
  const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName: STACK }));
  return Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((o) => [o.OutputKey ?? '', o.OutputValue ?? '']));
}

/** Finds the deployed system that the AWS environment variables point at. */
export async function findDeployment(): Promise<AdminParts> {
  const outputs = await stackOutputs();
  const output = (name: string) => {
    const value = outputs[name];
    if (value) return value;
    throw new Refusal(`The stack ${STACK} has no output ${name}: deploy it again with npx cdk deploy ${STACK}.`);
  };
  const dynamodb = new DynamoDBClient();
  return {
    dynamodb,
    triggersTable: output('TriggersTable'),
    backlog: new Backlog(dynamodb, output('BacklogTable')),
    queue: new DeliveryQueue({
      queue: output('DeliveryQueueUrl'),
      deadLetterQueue: output('DeadLetterQueueUrl'),
    }),
  };
}

/** An emulator on this machine takes any credentials and region; it would be a chore to have to name some. */
export function setEmulatorDefaults(env: NodeJS.ProcessEnv): void {
  if (!env.AWS_ENDPOINT_URL) return;
  const defaults = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
  for (const [name, value] of Object.entries(defaults)) env[name] ||= value;
}

/** Turns the AWS SDK's errors that an operator can mend into one line. */
export function asRefusal(error: unknown): unknown {
  const { name, code, message = '' } = error as { name?: string; code?: string; message?: string };
  const where = process.env.AWS_ENDPOINT_URL ?? `region ${process.env.AWS_REGION ?? 'of your AWS profile'}`;
  if (name === 'ValidationError' && /does not exist/.test(message))
    return new Refusal(`There is no stack ${STACK} at ${where}: deploy it with npx cdk deploy ${STACK}.`);
  if (name === 'CredentialsProviderError')
    return new Refusal('There are no AWS credentials: set AWS_PROFILE, or AWS_ENDPOINT_URL for an emulator.');
  if (/region is missing/i.test(message))
    return new Refusal('No AWS region is set: set AWS_REGION, or AWS_ENDPOINT_URL for an emulator.');
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return new Refusal(`Nothing answers at ${where}: check AWS_ENDPOINT_URL and AWS_REGION.`);
  if (name === 'AccessDenied' || name === 'AccessDeniedException' || name?.startsWith('ExpiredToken'))
    return new Refusal(`AWS refuses: ${message}`);
  return error;
}
