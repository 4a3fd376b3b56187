import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Trigger, triggers } from '../../functions/core/entity.ts';
import type { Metric } from '../../functions/core/metrics.ts';
import { toMessage } from '../../functions/core/notification.ts';
import { set } from '../../functions/operations/set-url.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { cli } from '../support/cli.ts';
import { deployedStack, drained, takeEffect, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { notification, streamRecord } from '../support/records.ts';
import { type Heading, watchedStack } from '../support/watched-stack.ts';

/**
 * Each fault is caused, its alarm's metric moves, and what the runbook says to do moves it back.
 *
 * MiniStack checks an alarm when a value comes in. LocalStack does so at the end of its period, hence not here: on it the
 * faults, what functions measure and the runbook are tried, and no alarm.
 */
const checks = process.env.AWS_ENDPOINT_URL === undefined;

const run = `${process.pid}-${Date.now().toString(36)}`;
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const entered = ['customer.create', 'case.create', 'followup.create', 'task.create'] as const;

let stack: Awaited<ReturnType<typeof deployedStack>>;
let watched: Awaited<ReturnType<typeof watchedStack>>;
let server: Awaited<ReturnType<typeof receiver>>;

before(async () => {
  stack = await deployedStack();
  watched = await watchedStack();
  server = await receiver();
  await takeEffect(stack, ...entered);
  for (const trigger of entered) await set(stack.deps, trigger, `${server.origin}/${trigger}`);
  await set(stack.deps, 'case.create', 'http://127.0.0.1:1025/dead');
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await stack?.end(...triggers);
});

const arrived = (text: string) =>
  until(`${text} arrives`, () => server.calls.find(({ target }) => target.includes(text)));

async function waiting(QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages);
}

async function crm(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli(...words);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Puts into CloudWatch what was measured of a trigger, and checks it by the alarm's row: it is bad, and others' is not. */
async function isReported(heading: Heading, metric: Metric, trigger: Trigger, values: readonly number[]) {
  if (!checks) return;
  await watched.put(watched.series(metric, trigger), values);
  assert.equal(await watched.isBad(heading, watched.series(metric, trigger)), true);
  assert.equal(await watched.isBad(heading, watched.series(metric, 'customer.create')), false);
}

/** Waits until Lambda's own metric of drain is bad, and its alarm off. */
async function lambdaTells(heading: Heading) {
  if (!checks) return;
  await until(`${heading} is measured`, async () => watched.isBad(heading, await watched.alarm(heading, 'Drain')));
  await goesOff(heading, 0, 'Drain');
}

/** Puts a value of AWS's own metric into CloudWatch, and waits until its alarm is off. */
async function goesOff(heading: Heading, value: number, of?: string) {
  if (!checks) return;
  await watched.put(await watched.alarm(heading, of), [value]);
  await until(`${heading} goes off`, async () => (await watched.alarm(heading, of)).StateValue === 'ALARM');
}

test('Trigger down: a dead receiver; a URL that responds brings it back, and all that waited arrives', async () => {
  const begun = Date.now();
  for (let n = 0; n < 12; n++) await stack.agent.do('create', 'case', { AccountID: run, CaseID: `down-${n}` });
  const parked = async () => (await list(stack.deps)).find((line) => line.trigger === 'case.create');
  await until('it is parked, with all that was changed', async () => {
    const line = await parked();
    return line?.state === 'parked' && line.waiting === 12;
  });
  const down = await until('drain measures it', async () => {
    const values = await watched.measured('DrainFunction', 'down', 'case.create', begun);
    return values.length > 0 ? values : undefined;
  });
  await isReported('Trigger down', 'down', 'case.create', down);
  await until('drain measures its backlog', async () =>
    (await watched.measured('DrainFunction', 'backlog', 'case.create', begun)).includes(12),
  );
  assert.match(await crm('list'), /case\.create.*\n?.*parked.*connection refused/s);
  assert.match(await crm('log', '--trigger', 'case.create', '--limit', '20'), /connection refused/);

  await crm('set', 'case.create', `${server.origin}/case.create`);
  await drained(stack.deps, 'it is active', async () => (await parked())?.state === 'active');
  for (let n = 0; n < 12; n++) await arrived(`down-${n}`);
  const back = Date.now();
  await watched.invoke('DrainFunction');
  assert.deepEqual(await watched.measured('DrainFunction', 'down', 'case.create', back), []);
});

test('Notifications failed: an id that is none; with the row fixed, it is sent again', async () => {
  const begun = Date.now();
  const row = { CaseID: { S: run }, FollowupID: { S: 'failed' } };
  const put = (AccountID: { S: string }) =>
    new DynamoDBClient().send(
      new PutItemCommand({ TableName: stack.outputs.FollowupTable, Item: { ...row, AccountID } }),
    );
  await put({ S: '' });
  const values = await until('capture measures it', async () => {
    const found = await watched.measured('CaptureFollowupFunction', 'failed', 'followup.create', begun);
    return found.length > 0 ? found : undefined;
  });
  await isReported('Notifications failed', 'failed', 'followup.create', values);

  const [failed, ...more] = JSON.parse(await crm('failed', '--json'));
  assert.deepEqual([failed.trigger, more], ['followup.create', []]);
  await put({ S: 'fixed' });
  await crm('redeliver', failed.id, '--yes');
  await arrived(`?AccountID=fixed&CaseID=${run}&FollowupID=failed`);
  assert.deepEqual(JSON.parse(await crm('failed', '--json')), []);
});

test('Dead letters: a message that nobody can read; one that can be read is sent back', async () => {
  const { DeliveryQueueUrl, DeadLetterQueueUrl = '' } = stack.outputs;
  const send = (QueueUrl: string | undefined, MessageBody: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        MessageGroupId: 'g',
        MessageDeduplicationId: `${run}-${MessageBody.length}`,
      }),
    );
  await send(DeliveryQueueUrl, 'no notification');
  await until('it is a dead letter', async () => (await waiting(DeadLetterQueueUrl)) === 1);
  await goesOff('Dead letters', await waiting(DeadLetterQueueUrl));
  assert.match(await crm('dead-letters'), /not JSON/);
  await sqs.send(new PurgeQueueCommand({ QueueUrl: DeadLetterQueueUrl }));
  assert.equal(await waiting(DeadLetterQueueUrl), 0);

  await send(
    DeadLetterQueueUrl,
    toMessage(notification({ trigger: 'task.create', formattedString: `?AccountID=${run}&TaskID=dead` })),
  );
  await crm('dead-letters', '--send-back');
  await arrived('TaskID=dead');
  assert.equal(await waiting(DeadLetterQueueUrl), 0);
});

test('Stream behind: a queue that rejects holds up the stream of a table; then all arrives', async () => {
  const FunctionName = watched.name('CaptureCustomerFunction');
  const { Environment } = await watched.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const sendTo = (AWS_ENDPOINT_URL_SQS: string | undefined) =>
    watched.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment: {
          Variables: { ...Environment?.Variables, ...(AWS_ENDPOINT_URL_SQS && { AWS_ENDPOINT_URL_SQS }) },
        },
      }),
    );
  await using rejecting = await receiver((_, response) => response.writeHead(400).end('{"__type":"AccessDenied"}'));
  await sendTo(rejecting.origin);
  await stack.agent.do('create', 'customer', { AccountID: `${run}-behind` });
  await until('capture has tried again and again', () => rejecting.calls.length >= 3);
  assert.ok(!server.calls.some(({ target }) => target.includes('behind')));
  await goesOff('Stream behind', 300_001, 'CaptureCustomer');
  await sendTo(undefined);
  await arrived('behind');
});

test('Queue behind: a mapping that is off lets the queue grow; on again, it is worked off', async () => {
  const { DeliveryQueueUrl = '' } = stack.outputs;
  const FunctionName = watched.name('DeliverFunction');
  const { EventSourceMappings: [mapping] = [] } = await watched.lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  const turn = (Enabled: boolean) =>
    watched.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }));
  await turn(false);
  await until('it is off', async () => {
    const { EventSourceMappings: [now] = [] } = await watched.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName }),
    );
    return now?.State === 'Disabled';
  });
  for (let n = 0; n < 3; n++) await stack.agent.do('create', 'task', { AccountID: run, TaskID: `queued-${n}` });
  await until('they are in the queue', async () => (await waiting(DeliveryQueueUrl)) >= 3);
  await goesOff('Queue behind', 3_601);
  await turn(true);
  for (let n = 0; n < 3; n++) await arrived(`queued-${n}`);
  await until('the queue is empty', async () => (await waiting(DeliveryQueueUrl)) === 0);
});

test('Function errors: one that does not start', async () => {
  const FunctionName = watched.name('DrainFunction');
  const { Environment } = await watched.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const configure = (Variables: Record<string, string> | undefined) =>
    watched.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await configure({ ...Environment?.Variables, METRICS_NAMESPACE: '' });
  const { FunctionError } = await watched.invoke('DrainFunction');
  assert.ok(FunctionError);
  await lambdaTells('Function errors');
  await configure(Environment?.Variables);
  assert.equal((await watched.invoke('DrainFunction')).FunctionError, undefined);
});

test('Function throttled: no concurrency is left', async () => {
  const FunctionName = watched.name('DrainFunction');
  await watched.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  await assert.rejects(watched.invoke('DrainFunction'), { name: 'TooManyRequestsException' });
  await lambdaTells('Function throttled');
  await watched.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  assert.equal((await watched.invoke('DrainFunction')).FunctionError, undefined);
});

test('Drain stopped: a rule that is off; it can be run by hand, and turned on', async () => {
  const events = new EventBridgeClient();
  const Name = watched.name('DrainEachMinute');
  const state = async () => (await events.send(new DescribeRuleCommand({ Name }))).State;
  await events.send(new DisableRuleCommand({ Name }));
  assert.equal(await state(), 'DISABLED');
  assert.equal((await watched.alarm('Drain stopped')).TreatMissingData, 'missing');
  assert.equal((await watched.invoke('DrainFunction')).FunctionError, undefined);
  await events.send(new EnableRuleCommand({ Name }));
  assert.equal(await state(), 'ENABLED');
});

test('Changes unsent: what is in the bucket is handed to its function, arrives, and is deleted with its versions', async () => {
  const s3 = new S3Client();
  const Bucket = watched.name('Unsent');
  const Key = `aws/lambda/${run}`;
  const versions = async () => (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions ?? [];
  const record = streamRecord('task', 'INSERT', { AccountID: run, TaskID: 'unsent' });
  const kept = { requestContext: { functionArn: watched.name('CaptureTaskFunction') }, payload: { Records: [record] } };
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(kept) }));
  await goesOff('Changes unsent', (await versions()).length);

  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const { payload } = JSON.parse((await Body?.transformToString()) ?? '');
  assert.equal((await watched.invoke('CaptureTaskFunction', payload)).FunctionError, undefined);
  await arrived('TaskID=unsent');
  for (const { VersionId } of await versions()) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  assert.deepEqual(await versions(), []);
});
