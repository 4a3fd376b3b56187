import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { stackName } from '../../../functions/core/stack-name.ts';
import { Inspector, liveAws } from '../../../functions/operations/doctor/inspector.ts';
import { accepted, prove, send, stageOf, until, type World } from '../world.ts';

/** The number of changes in the failing batch. They have one partition key, so that they are in one shard. */
const CHANGES = 4;

const lambda = new LambdaClient();
const s3 = new S3Client();

/** Makes the stream batches of followups fail: capture gets a queue that does not exist, and the mapping one retry. */
export async function poison(world: World): Promise<string> {
  const { agent } = stageOf(world);
  const look = await new Inspector(liveAws()).at(stackName('CrmTriggers', world.stage));
  const UUID = look.find('AWS::Lambda::EventSourceMapping', 'CaptureFollowupFunction') ?? '';
  const FunctionName = look.find('AWS::Lambda::Function', 'CaptureFollowupFunction') ?? '';
  const Bucket = look.find('AWS::S3::Bucket', 'Unsent') ?? '';
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = Environment?.Variables ?? {};
  await send(world, 'poisoned', 'followup.create');
  let objects: string[];
  try {
    await setQueue(world, FunctionName, {
      ...Variables,
      QUEUE_URL: `${Variables.QUEUE_URL?.replace(/\.fifo$/, '')}-none.fifo`,
    });
    await setMapping(world, { UUID, MaximumRetryAttempts: 1, Enabled: false });
    for (let n = 0; n < CHANGES; n++)
      await agent.do('create', 'followup', {
        AccountID: `P-${world.run}`,
        CaseID: `P-${world.run}`,
        FollowupID: `F${n}`,
      });
    await setMapping(world, { UUID, Enabled: true });
    objects = await until(
      world,
      `${CHANGES} changes are in the bucket`,
      async () => {
        const found = await readAll(Bucket);
        return found.flatMap(recordsIn).length >= CHANGES ? found : undefined;
      },
      5_000,
    );
  } finally {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, MaximumRetryAttempts: -1, Enabled: true }));
  }
  await isUpdated(world, FunctionName);
  prove(objects.length > 1, `the batch of ${CHANGES} was not split: the bucket has one object`);
  // As in the runbook: the function is invoked with the records of the bucket.
  for (const object of objects) {
    const Payload = JSON.stringify({ Records: recordsIn(object) });
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
    prove(FunctionError === undefined, `capture fails with the records of the bucket: ${FunctionError}`);
  }
  await until(world, `${CHANGES} calls`, async () => (await accepted(world, 'poisoned')).length >= CHANGES);
  return `a batch of ${CHANGES} changes that capture cannot send was split and ended as ${objects.length} objects in the bucket of undelivered records; after capture was invoked with them, all ${CHANGES} arrived`;
}

async function setQueue(world: World, FunctionName: string, Variables: Record<string, string>): Promise<void> {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await isUpdated(world, FunctionName);
}

const isUpdated = (world: World, FunctionName: string) =>
  until(world, `${FunctionName} is updated`, async () => {
    const { LastUpdateStatus } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return LastUpdateStatus === 'Successful';
  });

async function setMapping(world: World, mapping: UpdateEventSourceMappingCommandInput): Promise<void> {
  await lambda.send(new UpdateEventSourceMappingCommand(mapping));
  const wanted = mapping.Enabled ? 'Enabled' : 'Disabled';
  const { UUID } = mapping;
  await until(world, `the stream mapping is ${wanted}`, async () => {
    const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === wanted;
  });
}

async function readAll(Bucket: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket }))
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      texts.push((await Body?.transformToString()) ?? '');
    }
  return texts;
}

/** The stream records in an object of the bucket. */
function recordsIn(object: string): unknown[] {
  const { payload } = JSON.parse(object);
  const event = typeof payload === 'string' ? JSON.parse(payload) : payload;
  return event?.Records ?? [];
}
