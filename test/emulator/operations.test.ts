import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { openApiDocument } from '../../cli/docs/openapi-document.ts';
import { adminApi } from '../../functions/console/api.ts';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { setUrls, stack, uniqueId } from './stack.ts';

/** A request of the tab Operations, as an admin. */
async function request(method: string, path: string, body?: object) {
  const api = adminApi(stack.deps, () => ({ who: 'ada', role: 'admin' }), openApiDocument());
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await api.request(`/api${path}`, { method, ...(body && json) });
  const text = await response.text();
  assert.equal(response.status, 200, `${method} ${path}: ${text}`);
  return JSON.parse(text);
}

test('reads the states of all alarms that the stack has here, with their meanings', async () => {
  const { alarms } = await request('GET', '/alarms');
  // MiniStack has no alarms on queries: Trigger down and Notifications failed.
  const headings = new Set(alarms.map(({ heading }: { heading: string }) => heading));
  for (const heading of ['Queue behind', 'Dead letters', 'Function errors', 'Drain stopped'])
    assert.ok(headings.has(heading), `${heading} is not in ${[...headings]}`);
  for (const { name, meaning } of alarms) assert.match(meaning, /\.$/, name);
});

test('the checks of the page find nothing wrong in a new stack, and none is inconclusive', async () => {
  const { findings, inconclusive } = await request('GET', '/doctor');
  assert.deepEqual({ findings, inconclusive }, { findings: [], inconclusive: [] });
});

test('lists a dead letter and sends it back', async () => {
  const id = uniqueId('letter');
  await new SQSClient({ useQueueUrlAsEndpoint: false }).send(
    new SendMessageCommand({
      QueueUrl: stack.outputs.DeadLetterQueueUrl,
      MessageGroupId: id,
      MessageDeduplicationId: id,
      MessageBody: '{"v":9}',
      MessageAttributes: { reason: { DataType: 'String', StringValue: `reason of ${id}` } },
    }),
  );
  const { deadLetters } = await request('GET', '/dead-letters');
  assert.ok(deadLetters.some(({ reason }: { reason: string }) => reason === `reason of ${id}`));
  const { sentBack } = await request('POST', '/dead-letters/send-back');
  assert.ok(sentBack.some(({ reason }: { reason: string }) => reason === `reason of ${id}`));
});

test('a backfill in parts calls the receiver for each row', async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'task.create');
  const dynamodb = new DynamoDBClient();
  const run = uniqueId('row');
  for (const n of [1, 2, 3]) {
    const Item = { AccountID: { S: run }, TaskID: { S: `${run}-${n}` } };
    await dynamodb.send(new PutItemCommand({ TableName: stack.outputs.TaskTable, Item }));
  }
  const ids = () => server.calls.flatMap(({ target }) => new RegExp(`${run}-\\d`).exec(target) ?? []);
  await until('the calls of the changes', () => ids().length >= 3);
  const { rows } = await request('GET', '/triggers/task.create/backfill');
  assert.ok(rows >= 0);
  let part = await request('POST', '/triggers/task.create/backfill', {});
  while (!part.done) {
    const { run, sent, skipped, after } = part;
    part = await request('POST', '/triggers/task.create/backfill', { run, sent, skipped, after });
  }
  assert.ok(part.sent >= 3);
  await until('each row again', () => [1, 2, 3].every((n) => ids().filter((id) => id === `${run}-${n}`).length >= 2));
});
