import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { type StackId, stackName } from '../../functions/core/stack-name.ts';

/** What LocalStack takes into a stack and does not act on, without a word. Found by trying 4.14.0. */
const unheeded = [
  "drain's schedule: a backlog is looked at when a URL is set, or a trigger resumed, alone",
  'point-in-time recovery and deletion protection of tables',
  'how long logs are kept',
  'splitting a failing stream batch',
  'permissions: every function may do everything',
];

/**
 * What the emulator leaves out of the stack that it says is complete, a line each.
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
  return [...types.sort(), ...((await isLocalStack(endpoint)) ? unheeded : [])];
}

/** MiniStack responds for LocalStack's health too, but not for this. */
export async function isLocalStack(endpoint: string): Promise<boolean> {
  const { ok } = await fetch(`${endpoint}/_localstack/info`);
  return ok;
}
