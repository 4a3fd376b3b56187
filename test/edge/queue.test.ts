import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { DeliveryQueue } from '../../functions/edge/queue.ts';
import { notification } from '../support/records.ts';

const URLS = { queue: 'https://sqs.test/queue.fifo', deadLetterQueue: 'https://sqs.test/dead.fifo' };
const record = (n: number) => String(n).padStart(64, '0');

/** An SQS that takes what `takes` says, and keeps the bodies in the order in which it took them. */
function fakeSqs(takes: (groups: readonly string[], request: number) => boolean[]) {
  const taken: { group: string; sequence: string }[] = [];
  const batches: string[][] = [];
  const send = async (command: object) => {
    assert.ok(command instanceof SendMessageBatchCommand);
    const entries = command.input.Entries ?? [];
    const groups = entries.map(({ MessageGroupId = '' }) => MessageGroupId);
    batches.push(groups);
    const verdicts = takes(groups, batches.length);
    entries.forEach((entry, i) => {
      if (verdicts[i])
        taken.push({ group: entry.MessageGroupId ?? '', sequence: JSON.parse(entry.MessageBody ?? '').sequence });
    });
    return { Failed: entries.filter((_, i) => !verdicts[i]).map(({ Id }) => ({ Id, Code: 'InternalError' })) };
  };
  return { sqs: { send } as unknown as SQSClient, taken, batches };
}

test('a batch never holds two notifications of one record, and ten at most', async () => {
  const { sqs, batches } = fakeSqs((groups) => groups.map(() => true));
  const notifications = Array.from({ length: 60 }, (_, i) => notification({ record: record(i % 25) }));
  await new DeliveryQueue(URLS, sqs).send(notifications);
  for (const batch of batches) {
    assert.ok(batch.length <= 10);
    assert.equal(new Set(batch).size, batch.length);
  }
  assert.equal(batches.flat().length, 60);
});

test('what is refused is sent again before anything later of its record', async () => {
  const { sqs, taken } = fakeSqs((groups, request) => groups.map((_, i) => request > 2 || i % 2 === 0));
  const notifications = Array.from({ length: 12 }, (_, i) =>
    notification({ record: record(i % 4), sequence: String(i) }),
  );
  await new DeliveryQueue(URLS, sqs).send(notifications);
  assert.equal(taken.length, 12);
  for (let r = 0; r < 4; r++) {
    const order = taken.filter(({ group }) => group === record(r)).map(({ sequence }) => Number(sequence));
    assert.deepEqual(order, [r, r + 4, r + 8]);
  }
});

test('a queue that goes on refusing is an error, and nothing later of the record is sent', async (t) => {
  mock.method(console, 'log', () => {});
  t.after(() => mock.restoreAll());
  const { sqs, taken } = fakeSqs((groups) => groups.map((group) => group !== record(1)));
  const notifications = [1, 2, 1, 2].map((r, i) => notification({ record: record(r), sequence: String(i) }));
  await assert.rejects(new DeliveryQueue(URLS, sqs).send(notifications), /refuses 1 notifications: InternalError/);
  assert.deepEqual(
    taken.map(({ sequence }) => sequence),
    ['1'],
  );
});
