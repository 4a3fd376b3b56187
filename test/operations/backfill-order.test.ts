import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type AttributeValue, DescribeTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { DeliveryQueue } from '../../functions/adapters/delivery-queue.ts';
import { type CaptureDeps, capture } from '../../functions/capture/capture.ts';
import { type BackfillProgress, backfill } from '../../functions/operations/backfill.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { streamRecord } from '../support/records.ts';
import { storesInMemory } from '../support/stores.ts';
import { unmeasured } from '../support/unmeasured.ts';

mock.method(console, 'log', () => {});

type Row = Record<string, AttributeValue>;

const FROM = { trigger: 'customer.create', run: 'run', sent: 0, skipped: 0 } as const;
const OPTIONS = { by: 'updatedAt', pace: 1e9, dryRun: false };

/** A table, read a row a page, and a queue that keeps the group of each message. */
function world(rows: readonly Row[], key: readonly string[]) {
  const groups: (string | undefined)[] = [];
  const starts: (Row | undefined)[] = [];
  const keyOf = (row: Row): Row => Object.fromEntries(key.map((name) => [name, row[name] ?? { S: '' }]));
  const dynamodb = {
    send: async (command: object) => {
      if (command instanceof DescribeTableCommand)
        return { Table: { KeySchema: key.map((AttributeName) => ({ AttributeName })) } };
      assert.ok(command instanceof ScanCommand);
      const start = command.input.ExclusiveStartKey;
      starts.push(start);
      const index = start ? rows.findIndex((row) => inFull(keyOf(row)) === inFull(start)) + 1 : 0;
      const row = rows[index];
      return { Items: row ? [row] : [], ...(index < rows.length - 1 && row && { LastEvaluatedKey: keyOf(row) }) };
    },
  };
  const sqs = {
    send: async (command: object) => {
      assert.ok(command instanceof SendMessageBatchCommand);
      const entries = command.input.Entries ?? [];
      groups.push(...entries.map(({ MessageGroupId }) => MessageGroupId));
      return { Successful: entries.map(({ Id }) => ({ Id })) };
    },
  };
  const queue = new DeliveryQueue({ queue: 'https://sqs.test/queue.fifo' }, sqs as unknown as SQSClient);
  const triggersTable = { read: async () => new Map([['customer.create', { url: 'https://x/' }]]) };
  const crmTables = { customer: 'Customers' };
  const { history } = storesInMemory();
  const deps = { dynamodb, queue, triggersTable, crmTables, rowRules: {}, who: 'ada', history };
  return { deps: deps as unknown as OperationDeps, history, queue, groups, starts };
}

/** A key as text, whose binary has to be bytes, as the SDK takes it. */
function inFull(key: Row): string {
  return Object.entries(key)
    .map(([name, { B, S, N }]) => `${name} ${S ?? N ?? Buffer.from(B ?? []).toString('hex')}`)
    .join();
}

async function backfilled(deps: OperationDeps, from: Omit<BackfillProgress, 'done'> = FROM) {
  const progress: BackfillProgress[] = [];
  for await (const step of backfill(deps, from, OPTIONS)) progress.push(step);
  return progress;
}

const keys: [type: string, stream: Record<string, { S: string } | { N: string } | { B: string }>, read: Row][] = [
  ['text', { id: { S: 'ç' } }, { id: { S: 'ç' } }],
  ['a number', { id: { N: '1' } }, { id: { N: '1' } }],
  ['binary', { id: { B: 'AQI=' } }, { id: { B: new Uint8Array([1, 2]) } }],
  ['binary and a number', { sort: { N: '-1.5' }, id: { B: '' } }, { id: { B: Buffer.of() }, sort: { N: '-1.5' } }],
];

for (const [type, stream, read] of keys)
  test(`a row whose key is ${type} has one message group in a backfill and in capture`, async () => {
    const { deps, queue, groups } = world([{ ...read, AccountID: { S: 'a' } }], Object.keys(read));
    await backfilled(deps);
    const record = streamRecord('customer', 'MODIFY', { AccountID: 'a' });
    Object.assign(record.dynamodb ?? {}, { Keys: stream });
    const captureDeps: CaptureDeps = {
      entity: 'customer',
      withUrl: async () => new Set(['customer.edit' as const]),
      queue,
      backlog: { fail: async () => {} },
      metrics: unmeasured,
      now: () => 0,
    };
    await capture([record], captureDeps);
    assert.equal(groups.length, 2);
    assert.equal(groups[0], groups[1]);
  });

test('a backfill of a table with a binary key continues after its progress was stored as JSON', async () => {
  const rows = [1, 2, 3].map((n) => ({ id: { B: new Uint8Array([n, 255]) }, AccountID: { S: `a${n}` } }));
  const whole = world(rows, ['id']);
  const [first] = await backfilled(whole.deps);
  assert.ok(first?.after && !first.done);
  const rest = world(rows, ['id']);
  const steps = await backfilled(rest.deps, JSON.parse(JSON.stringify(first)));
  assert.deepEqual(rest.groups, whole.groups.slice(1));
  assert.partialDeepStrictEqual(steps.at(-1), { sent: 3, done: true });
  assert.ok(rest.starts[0]?.id?.B instanceof Uint8Array);
  assert.equal(inFull(rest.starts[0]), 'id 01ff');
});

test('the history records that a backfill was started or continued, but not a trial', async () => {
  const rows = ['a', 'b'].map((id) => ({ AccountID: { S: id } }));
  const { deps, history } = world(rows, ['AccountID']);
  for await (const _ of backfill(deps, FROM, { ...OPTIONS, dryRun: true }));
  assert.deepEqual(history.entries, []);
  const [first] = await backfilled(deps);
  await backfilled(deps, first);
  assert.deepEqual(history.entries.map(({ what, trigger, to }) => [what, trigger, to]).reverse(), [
    ['backfill', 'customer.create', 'started'],
    ['backfill', 'customer.create', 'continued'],
  ]);
});
