import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionConcurrencyCommand,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { toMessage } from '../../functions/core/notification.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { drained, until } from '../support/emulator.ts';
import { setVariables } from '../support/function-variables.ts';
import { receiver } from '../support/receiver.ts';
import { notification, streamRecord } from '../support/records.ts';
import {
  arrived,
  crm,
  goesOff,
  isReported,
  lambdaMetricGoesOff,
  messagesIn,
  server,
  stack,
  watched,
} from './alarm-checks.ts';

// Each test causes a fault, checks that the alarm goes off, and follows the runbook until the metric is good again.

const run = `${process.pid}-${Date.now().toString(36)}`;
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

test('Trigger down: a receiver that rejects connections; after a change of the URL, all pending notifications arrive', async () => {
  const begun = Date.now();
  for (let n = 0; n < 12; n++) await stack.agent.do('create', 'case', { AccountID: run, CaseID: `down-${n}` });
  const parked = async () => (await list(stack.deps)).find((line) => line.trigger === 'case.create');
  await until('the trigger is parked with all notifications', async () => {
    const line = await parked();
    return line?.state === 'parked' && line.waiting === 12;
  });
  const down = await until('drain measures the parked trigger', async () => {
    const values = await watched.measured('DrainFunction', 'down', 'case.create', begun);
    return values.length > 0 ? values : undefined;
  });
  await isReported('Trigger down', 'down', 'case.create', down);
  await until('drain measures the backlog', async () =>
    (await watched.measured('DrainFunction', 'backlog', 'case.create', begun)).includes(12),
  );
  assert.match(await crm('list'), /case\.create.*\n?.*parked.*connection refused/s);
  assert.match(await crm('log', '--trigger', 'case.create', '--limit', '20'), /connection refused/);

  await crm('set', 'case.create', `${server.origin}/case.create`);
  await drained(stack.deps, 'the trigger is active', async () => (await parked())?.state === 'active');
  for (let n = 0; n < 12; n++) await arrived(`down-${n}`);
  const back = Date.now();
  await watched.invoke('DrainFunction');
  assert.deepEqual(await watched.measured('DrainFunction', 'down', 'case.create', back), []);
});

test('Notifications failed: a row with an empty ID; after a fix of the row, the notification is redelivered', async () => {
  const begun = Date.now();
  const row = { CaseID: { S: run }, FollowupID: { S: 'failed' } };
  const put = (AccountID: { S: string }) =>
    new DynamoDBClient().send(
      new PutItemCommand({ TableName: stack.outputs.FollowupTable, Item: { ...row, AccountID } }),
    );
  await put({ S: '' });
  const values = await until('capture measures the failed notification', async () => {
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

test('Dead letters: an unreadable message; a readable message is sent back to the queue', async () => {
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
  await until('the message is a dead letter', async () => (await messagesIn(DeadLetterQueueUrl)) === 1);
  await goesOff('Dead letters', await messagesIn(DeadLetterQueueUrl));
  assert.match(await crm('dead-letters'), /not JSON/);
  await sqs.send(new PurgeQueueCommand({ QueueUrl: DeadLetterQueueUrl }));
  assert.equal(await messagesIn(DeadLetterQueueUrl), 0);

  await send(
    DeadLetterQueueUrl,
    toMessage(notification({ trigger: 'task.create', formattedString: `?AccountID=${run}&TaskID=dead` })),
  );
  await crm('dead-letters', '--send-back');
  await arrived('TaskID=dead');
  assert.equal(await messagesIn(DeadLetterQueueUrl), 0);
});

test('Stream behind: a queue that rejects messages; after it accepts them, the change arrives', async () => {
  const FunctionName = watched.name('CaptureCustomerFunction');
  await using rejecting = await receiver((_, response) => response.writeHead(400).end('{"__type":"AccessDenied"}'));
  const restore = await setVariables(FunctionName, { AWS_ENDPOINT_URL_SQS: rejecting.origin });
  await stack.agent.do('create', 'customer', { AccountID: `${run}-behind` });
  await until('capture has tried three times', () => rejecting.calls.length >= 3);
  assert.ok(!server.calls.some(({ target }) => target.includes('behind')));
  await goesOff('Stream behind', 300_001, 'CaptureCustomer');
  await restore();
  await arrived('behind');
});

test('Queue behind: a disabled mapping; after it is enabled, the queue becomes empty', async () => {
  const { DeliveryQueueUrl = '' } = stack.outputs;
  const FunctionName = watched.name('DeliverFunction');
  const { EventSourceMappings: [mapping] = [] } = await watched.lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  const setEnabled = (Enabled: boolean) =>
    watched.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }));
  await setEnabled(false);
  await until('the mapping is disabled', async () => {
    const { EventSourceMappings: [now] = [] } = await watched.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName }),
    );
    return now?.State === 'Disabled';
  });
  for (let n = 0; n < 3; n++) await stack.agent.do('create', 'task', { AccountID: run, TaskID: `queued-${n}` });
  await until('the notifications are in the queue', async () => (await messagesIn(DeliveryQueueUrl)) >= 3);
  await goesOff('Queue behind', 3_601);
  await setEnabled(true);
  for (let n = 0; n < 3; n++) await arrived(`queued-${n}`);
  await until('the queue is empty', async () => (await messagesIn(DeliveryQueueUrl)) === 0);
});

test('Function errors: a function that cannot start', async () => {
  const FunctionName = watched.name('DrainFunction');
  const restore = await setVariables(FunctionName, { METRICS_NAMESPACE: '' });
  const { FunctionError } = await watched.invoke('DrainFunction');
  assert.ok(FunctionError);
  await lambdaMetricGoesOff('Function errors');
  await restore();
  assert.equal((await watched.invoke('DrainFunction')).FunctionError, undefined);
});

test('Function throttled: a function without concurrency', async () => {
  const FunctionName = watched.name('DrainFunction');
  await watched.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  await assert.rejects(watched.invoke('DrainFunction'), { name: 'TooManyRequestsException' });
  await lambdaMetricGoesOff('Function throttled');
  await watched.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  assert.equal((await watched.invoke('DrainFunction')).FunctionError, undefined);
});

test('Drain stopped: a disabled rule; drain can be invoked by hand, and the rule enabled', async () => {
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

test('Changes unsent: the function is invoked with the records in the bucket; they arrive, and the objects are deleted with all versions', async () => {
  const s3 = new S3Client();
  const Bucket = watched.name('Unsent');
  const Key = `aws/lambda/${run}`;
  const versions = async () => (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions ?? [];
  const record = streamRecord('task', 'INSERT', { AccountID: run, TaskID: 'unsent' });
  const object = {
    requestContext: { functionArn: watched.name('CaptureTaskFunction') },
    payload: { Records: [record] },
  };
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(object) }));
  await goesOff('Changes unsent', (await versions()).length);

  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const { payload } = JSON.parse((await Body?.transformToString()) ?? '');
  assert.equal((await watched.invoke('CaptureTaskFunction', payload)).FunctionError, undefined);
  await arrived('TaskID=unsent');
  for (const { VersionId } of await versions()) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  assert.deepEqual(await versions(), []);
});
