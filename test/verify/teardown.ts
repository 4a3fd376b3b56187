import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { stacksOf } from './stage.ts';

/** The maximum time to delete a stack. */
const PATIENCE_MS = 20 * 60_000;

const POLL_MS = 1_000;

const client = () => new CloudFormationClient();

/** A stack, or `undefined` when it does not exist. A deleted stack can only be found by its ID. */
async function described(StackName: string) {
  const { Stacks } = await client()
    .send(new DescribeStacksCommand({ StackName }))
    .catch((error) => {
      if (error.name === 'ValidationError' && /does not exist/.test(error.message)) return { Stacks: [] };
      throw error;
    });
  const [stack] = Stacks ?? [];
  return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack;
}

export async function statusOf(stack: string): Promise<string | undefined> {
  return (await described(stack))?.StackStatus;
}

/**
 * Deletes all stacks of a stage, one after another. A failure does not stop the deletion of the others.
 *
 * @returns A line for each resource that was removed or is left.
 * @throws {Error} With the stacks that cannot be deleted.
 */
export async function tearDown(stage: string): Promise<string[]> {
  const lines: string[] = [];
  const failures: string[] = [];
  for (const stack of stacksOf(stage))
    await deleteStack(stack).then(
      (more) => lines.push(...more),
      (error) => failures.push(`${stack}: ${error.message}`),
    );
  if (failures.length > 0) throw new Error(failures.join('; '));
  return [...lines, 'left: the files of the functions in the bucket of the CDK bootstrap, which npx cdk gc removes'];
}

async function deleteStack(name: string): Promise<string[]> {
  const stack = await described(name);
  if (!stack) return [];
  const resources = await resourcesOf(name);
  const of = (type: string) =>
    resources
      .filter(({ ResourceType }) => ResourceType === type)
      .map(({ PhysicalResourceId = '' }) => PhysicalResourceId);
  const lines: string[] = [];
  // CloudFormation cannot delete a bucket with objects.
  for (const bucket of of('AWS::S3::Bucket')) {
    const count = await emptyBucket(bucket);
    if (count > 0) lines.push(`removed: ${count} objects of the bucket ${bucket}`);
  }
  await client().send(new DeleteStackCommand({ StackName: name }));
  const end = Date.now() + PATIENCE_MS;
  let now = await described(name);
  while (now) {
    if (now.StackStatus === 'DELETE_FAILED') throw new Error(now.StackStatusReason ?? 'DELETE_FAILED');
    if (Date.now() > end) throw new Error(`the status is ${now.StackStatus} after ${PATIENCE_MS / 60_000} minutes`);
    await sleep(POLL_MS);
    now = await described(name);
  }
  lines.unshift(`removed: the stack ${name} (${resources.length} resources)`);
  // Lambda creates a log group for a function without one. It is not part of the stack.
  for (const name of of('AWS::Lambda::Function'))
    for (const group of await logGroups(`/aws/lambda/${name}`)) {
      await new CloudWatchLogsClient().send(new DeleteLogGroupCommand({ logGroupName: group }));
      lines.push(`removed: the log group ${group}`);
    }
  const skipped = (await resourcesOf(stack.StackId ?? name)).filter(
    ({ ResourceStatus }) => ResourceStatus === 'DELETE_SKIPPED',
  );
  for (const { ResourceType, PhysicalResourceId } of skipped)
    lines.push(`left: ${ResourceType} ${PhysicalResourceId}, which its stack keeps`);
  for (const key of of('AWS::KMS::Key')) lines.push(`left: the key ${key}, which KMS deletes in 30 days at no cost`);
  return lines;
}

async function resourcesOf(StackName: string): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client: client() }, { StackName }))
      resources.push(...StackResourceSummaries);
  } catch {
    // Emulators do not list a deleted stack.
  }
  return resources;
}

async function logGroups(name: string): Promise<string[]> {
  const found: string[] = [];
  const query = { logGroupNamePrefix: name };
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: new CloudWatchLogsClient() }, query))
    found.push(...logGroups.map(({ logGroupName = '' }) => logGroupName));
  // The prefix also matches log groups of other stages.
  return found.filter((group) => group === name);
}

async function emptyBucket(Bucket: string): Promise<number> {
  const s3 = new S3Client();
  let count = 0;
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return count;
    const { Errors: [error] = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    if (error) throw new Error(`${error.Key} of the bucket ${Bucket} cannot be deleted: ${error.Message}`);
    count += Objects.length;
  }
}
