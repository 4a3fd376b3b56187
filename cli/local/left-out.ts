import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { type StackId, stackName } from '../../functions/core/stack-name.ts';

/** Properties that LocalStack accepts and ignores without an error. Source: experiments with 4.14.0. */
const ignored = [
  "drain's schedule: drain runs only when a URL is set, a trigger is resumed, or a receiver throttles",
  'point-in-time recovery and deletion protection of tables',
  'retention of logs',
  'splitting a failing stream batch',
  'permissions: all functions may do everything',
];

/**
 * The resources and properties that the emulator leaves out of a complete stack, one per line.
 *
 * @param endpoint `http://127.0.0.1:4566`
 */
export async function leftOut(endpoint: string, stack: StackId = 'CrmTriggers'): Promise<string[]> {
  const { StackResources = [] } = await new CloudFormationClient().send(
    new DescribeStackResourcesCommand({ StackName: stackName(stack) }),
  );
  const unsupported = StackResources.filter(({ ResourceStatusReason }) =>
    /not supported/.test(ResourceStatusReason ?? ''),
  );
  const types = [...new Set(unsupported.map(({ ResourceType }) => ResourceType ?? ''))];
  return [...types.sort(), ...((await isLocalStack(endpoint)) ? ignored : [])];
}

/** MiniStack serves LocalStack's health endpoint too, but not this one. */
export async function isLocalStack(endpoint: string): Promise<boolean> {
  const { ok } = await fetch(`${endpoint}/_localstack/info`);
  return ok;
}
