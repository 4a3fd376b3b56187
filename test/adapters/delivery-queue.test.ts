import assert from 'node:assert/strict';
import { mock, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { entities } from '../../functions/core/entity.ts';
import { formattedString } from '../../functions/core/formatted-string.ts';
import { toMessage } from '../../functions/core/notification.ts';
import { queueOn } from '../support/queue-on.ts';
import { notification, record } from '../support/records.ts';

/** The result of an entry: accepted, rejected, or missing in the response. */
type Verdict = 'taken' | 'rejected' | 'omitted';

/** A fake SQS that accepts entries by `check`, and stores accepted entries in order. */
function fakeSqs(check: (group: string, request: number) => Verdict | Promise<Verdict> = () => 'taken') {
  const taken: { group: string; sequence: string }[] = [];
  const batches: string[][] = [];
  const send = async (command: object) => {
    assert.ok(command instanceof SendMessageBatchCommand);
    const entries = command.input.Entries ?? [];
    batches.push(entries.map(({ MessageGroupId = '' }) => MessageGroupId));
    const request = batches.length;
    const verdicts = await Promise.all(entries.map(async ({ MessageGroupId = '' }) => check(MessageGroupId, request)));
    const of = (verdict: Verdict) => entries.filter((_, i) => verdicts[i] === verdict);
    for (const { MessageGroupId: group = '', MessageBody = '' } of of('taken'))
      taken.push({ group, sequence: JSON.parse(MessageBody).sequence });
    return {
      Successful: of('taken').map(({ Id }) => ({ Id })),
      Failed: of('rejected').map(({ Id }): Partial<BatchResultErrorEntry> => ({ Id, Code: 'InternalError' })),
    };
  };
  return { sqs: { send } as unknown as SQSClient, taken, batches };
}

const sequences = (taken: readonly { sequence: string }[]) => taken.map(({ sequence }) => sequence);

function quiet(t: TestContext) {
  const log = mock.method(console, 'log', () => {});
  t.after(() => log.mock.restore());
}

test('a batch contains at most ten notifications, and at most one of each record', async () => {
  const fake = fakeSqs();
  const notifications = Array.from({ length: 60 }, (_, i) => notification({ record: record(i % 25) }));
  await queueOn(fake).send(notifications);
  for (const batch of fake.batches) {
    assert.ok(batch.length <= 10);
    assert.equal(new Set(batch).size, batch.length);
  }
  assert.equal(fake.batches.flat().length, 60);
});

test('sends a rejected notification again before later ones of its record', (t) => sendsAgainInOrder(t, 'rejected'));

test('sends a notification that the response omits again before later ones of its record', (t) =>
  sendsAgainInOrder(t, 'omitted'));

async function sendsAgainInOrder(t: TestContext, verdict: Verdict) {
  quiet(t);
  const fake = fakeSqs((group, request) => (request > 2 || Number(group) % 2 === 0 ? 'taken' : verdict));
  const notifications = Array.from({ length: 12 }, (_, i) =>
    notification({ record: record(i % 4), sequence: String(i) }),
  );
  await queueOn(fake).send(notifications);
  assert.equal(fake.taken.length, 12);
  for (let r = 0; r < 4; r++) {
    const order = fake.taken.filter(({ group }) => group === record(r)).map(({ sequence }) => Number(sequence));
    assert.deepEqual(order, [r, r + 4, r + 8]);
  }
}

test('an entry that each response omits is finally an error', async (t) => {
  quiet(t);
  const fake = fakeSqs((group) => (group === record(1) ? 'omitted' : 'taken'));
  const notifications = [1, 2].map((r) => notification({ record: record(r), sequence: String(r) }));
  await assert.rejects(queueOn(fake).send(notifications), /rejects 1 notifications: NoResult/);
  assert.deepEqual(sequences(fake.taken), ['2']);
});

test('a queue that always rejects is an error; later notifications of the record are not sent, all others are', async (t) => {
  quiet(t);
  const fake = fakeSqs((group) => (group === record(1) ? 'rejected' : 'taken'));
  const notifications = [1, 2, 1, 2].map((r, i) => notification({ record: record(r), sequence: String(i) }));
  await assert.rejects(queueOn(fake).send(notifications), /rejects 1 notifications: InternalError/);
  assert.deepEqual(sequences(fake.taken), ['1', '3']);
});

test('a failed request holds back only its own records', async () => {
  const fake = fakeSqs((group) => {
    if (group !== record(3)) return 'taken';
    throw new Error('no response');
  });
  // The first wave has 25 records in three requests; the second has one of a failed request and one of another.
  const notifications = [...Array.from({ length: 25 }, (_, r) => r), 4, 24].map((r, i) =>
    notification({ record: record(r), sequence: String(i) }),
  );
  await assert.rejects(queueOn(fake).send(notifications), /no response/);
  assert.deepEqual(sequences(fake.taken), [...Array.from({ length: 15 }, (_, i) => String(10 + i)), '26']);
});

test('throws the first error after every request has ended', async () => {
  let ended = false;
  const fake = fakeSqs(async (group): Promise<Verdict> => {
    if (Number(group) < 10) throw new Error(`first: ${group}`);
    await turn();
    await turn();
    ended = true;
    return 'taken';
  });
  const notifications = Array.from({ length: 11 }, (_, r) => notification({ record: record(r) }));
  await assert.rejects(queueOn(fake).send(notifications), /first/);
  assert.equal(ended, true);
});

test('jitter shortens each pause by up to a half', async (t) => {
  quiet(t);
  for (const [random, expected] of [
    [0, [100, 400, 1600]],
    [0.5, [75, 300, 1200]],
  ] as const) {
    const pauses: number[] = [];
    const queue = queueOn(
      fakeSqs(() => 'rejected'),
      pauses,
      () => random,
    );
    await assert.rejects(queue.send([notification()]), /rejects 1/);
    assert.deepEqual(pauses, expected);
  }
});

test('makes no request if there is nothing to send', async () => {
  const fake = fakeSqs();
  await queueOn(fake).send([]);
  assert.deepEqual(fake.batches, []);
});

test('ten of the longest messages fit into one request, also within the 256 KiB of the older limit', async () => {
  const longest = 'ä'.repeat(1024);
  const ids = Object.fromEntries(entities.followup.ids.map((name) => [name, longest]));
  const entries: SendMessageBatchRequestEntry[] = [];
  const send = async (command: SendMessageBatchCommand) => {
    entries.push(...(command.input.Entries ?? []));
    return { Successful: entries.map(({ Id }) => ({ Id })) };
  };
  const notifications = Array.from({ length: 10 }, (_, r) =>
    notification({
      trigger: 'followup.create',
      formattedString: formattedString('followup', ids as never),
      record: record(r),
      sequence: '9'.repeat(40),
      redelivered: Date.now(),
      test: true,
    }),
  );
  await queueOn({ sqs: { send } as unknown as SQSClient }).send(notifications);
  assert.equal(entries.length, 10);
  assert.ok(toMessage(notifications[0] ?? notification()).length > 3 * 3 * 2048);
  const bytes = entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0);
  assert.ok(bytes <= 256 * 1024, `${bytes} bytes`);
});

test('deduplicates a notification by its ID, and a redelivered one by its ID and the time of redelivery', async () => {
  const ids: (string | undefined)[] = [];
  const send = async (command: SendMessageBatchCommand) => {
    const { Entries = [] } = command.input;
    ids.push(...Entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId));
    return { Successful: Entries.map(({ Id }) => ({ Id })) };
  };
  const [first, second] = [notification({ record: record(1) }), notification({ record: record(2) })];
  await queueOn({ sqs: { send } as unknown as SQSClient }).send([first, { ...second, redelivered: 1_760_000_000_000 }]);
  assert.deepEqual(ids, [first.id, `${second.id}-1760000000000`]);
});
