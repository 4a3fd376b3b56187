import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { type StackId, stackName } from '../../functions/core/stack-name.ts';

/** Resources that LocalStack 4.14.0 accepts and does not implement. */
const unheeded = [
  "drain's schedule: a backlog is looked at when a URL is set, or a trigger resumed, alone",
  'point-in-time recovery and deletion protection of tables',
  'how long logs are kept',
  'splitting a failing stream batch',
  'permissions: every function may do everything',
];

/**
 * The parts of the stack that the emulator leaves out without an error, one line each.
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

/** MiniStack also has LocalStack's health check, but not this path. */
export async function isLocalStack(endpoint: string): Promise<boolean> {
  const { ok } = await fetch(`${endpoint}/_localstack/info`);
  return ok;
}
