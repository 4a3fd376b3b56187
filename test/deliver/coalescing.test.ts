import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { SQSRecord } from 'aws-lambda';
import { unattempted, type Waiting } from '../../functions/adapters/backlog-items.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification } from '../support/records.ts';

mock.method(console, 'log', () => {});

const edit = (fields: Parameters<typeof notification>[0] = {}) =>
  notification({ formattedString: '?AccountID=a', ...fields });

/** A trigger that merges edits, and a receiver that first responds with these. */
async function coalescing(...statuses: number[]) {
  const server = await receiver((_, response) => {
    response.statusCode = statuses.shift() ?? 200;
    response.end();
  });
  const w = world({
    'customer.create': server.origin,
    'customer.edit': server.origin,
    'customer.delete': server.origin,
  });
  await w.triggers.writeSetting('customer.edit', 'coalesce', true);
  const calls = () =>
    server.calls.map(({ headers }) => [
      headers['webhook-id'],
      headers['crm-trigger-attempt'],
      headers['crm-trigger-coalesced'] ?? '1',
    ]);
  const merged = () =>
    w.log.entries.filter(({ outcome }) => outcome === 'merged').map(({ id, response }) => [id, response]);
  return { ...w, server, calls, merged, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const ids = (returned: { batchItemFailures: { itemIdentifier: string }[] }) =>
  returned.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** A message that was received again. */
const again = (sent: SQSRecord, receives: number, firstReceive = Date.now()) => ({
  ...sent,
  attributes: {
    ...sent.attributes,
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceive),
  },
});

/** The stored state of a retry, as if it had been due at another time. */
const retryAt = (row: Waiting | undefined, nextTry: number): Waiting => {
  const { alone, ...waiting } = row ?? assert.fail();
  return { ...waiting, nextTry, ...(alone && { alone: { ...alone, nextReceive: nextTry } }) };
};

test('edits of one record in a batch become one call of the newest, and the log has the others as merged into it', async () => {
  await using w = await coalescing();
  const [first, second, third, other] = [
    edit(),
    edit(),
    edit(),
    edit({ formattedString: '?AccountID=b', record: 'f'.repeat(64) }),
  ];
  const returned = await deliver(
    [first, second, other, third].map((one) => message(one)),
    w.deps,
    A_MINUTE,
  );
  assert.deepEqual(ids(returned), []);
  assert.deepEqual(
    w.calls().sort(),
    [
      [third.id, '1', '3'],
      [other.id, '1', '1'],
    ].sort(),
  );
  assert.deepEqual(
    w.merged(),
    [first, second].map(({ id }) => [id, `merged into ${third.id}`]),
  );
});

test('without coalescing each edit is called', async () => {
  await using w = await coalescing();
  await w.triggers.writeSetting('customer.edit', 'coalesce', undefined);
  const edits = [edit(), edit()];
  await deliver(
    edits.map((one) => message(one)),
    w.deps,
    A_MINUTE,
  );
  assert.deepEqual(
    w.calls(),
    edits.map(({ id }) => [id, '1', '1']),
  );
  assert.deepEqual(w.merged(), []);
});

test('the order of create, edit and delete stays: only edits that follow each other are merged', async () => {
  await using w = await coalescing();
  const lane = [
    edit({ trigger: 'customer.create' }),
    edit(),
    edit(),
    edit({ trigger: 'customer.delete' }),
    edit({ trigger: 'customer.create' }),
    edit(),
  ];
  await deliver(
    lane.map((one) => message(one)),
    w.deps,
    A_MINUTE,
  );
  assert.deepEqual(
    w.calls().map(([id]) => id),
    [0, 2, 3, 4, 5].map((i) => lane[i]?.id),
  );
});

test('a failed call returns only the newest edit to the queue; behind its retry it is merged with the attempts of the older ones', async () => {
  await using w = await coalescing(500, 500);
  const [first, second, third] = [edit(), edit(), edit()];
  const batch = [message(first), message(second)];
  assert.deepEqual(ids(await deliver(batch, w.deps, A_MINUTE)), [batch[1]?.messageId]);
  const [, behind] = batch;
  assert.ok(behind);
  // It returns 400 s after its first receive, which is normal behind retries.
  const later = Date.now() + 400_000;
  const deps = { ...w.deps, now: () => later };
  await w.backlog.hold(retryAt(w.backlog.retryItems.get(second.id), later - 1_000), later);
  const next = message(third, { ApproximateFirstReceiveTimestamp: String(later) });
  const failed = await deliver([again(behind, 2), next], deps, A_MINUTE);
  assert.deepEqual(ids(failed), [next.messageId]);
  assert.deepEqual(w.calls(), [
    [second.id, '1', '2'],
    [third.id, '2', '3'],
  ]);
  assert.deepEqual(w.merged(), [
    [first.id, `merged into ${second.id}`],
    [second.id, `merged into ${third.id}`],
  ]);
  const retried = w.backlog.retryItems.get(third.id);
  assert.equal(retried?.attempts, 2);
  assert.equal(retried?.notification.oldestAt, first.changedAt);
});

test('an edit that another function may be calling is not merged', async () => {
  await using w = await coalescing();
  const old = Date.now() - 400_000;
  const edits = [edit(), edit()];
  await deliver(
    edits.map((one) => again(message(one), 2, old)),
    w.deps,
    A_MINUTE,
  );
  assert.deepEqual(
    w.calls(),
    edits.map(({ id }) => [id, '1', '1']),
  );
});

test('an edit with the attempts of a merged one is not merged while an earlier receive of it can still run', async () => {
  await using w = await coalescing(500, 500);
  const [first, second, third] = [edit(), edit(), edit()];
  const [failed, behind] = [message(first), message(second)];
  await deliver([failed], w.deps, A_MINUTE);
  await deliver([again(failed, 2), behind], w.deps, A_MINUTE);
  const row = w.backlog.retryItems.get(second.id);
  assert.equal(row?.attempts, 2, 'one of them is of the first edit');
  // The function of the second receive begins so late that the message becomes visible to a third one, which begins here.
  const later = Date.now() + 400_000;
  await w.backlog.hold(retryAt(row, later - 1_000), later);
  const deps = { ...w.deps, now: () => later };
  await deliver([again(behind, 3), again(message(third), 2)], deps, A_MINUTE);
  assert.deepEqual(w.calls(), [
    [first.id, '1', '1'],
    [second.id, '2', '2'],
    [second.id, '3', '2'],
    [third.id, '1', '1'],
  ]);
});

test('if the function stops during the call, the older edits are not called later', async () => {
  await using w = await coalescing();
  const [first, second] = [edit(), edit()];
  const batch = [message(first), message(second)];
  const { call } = w.deps;
  // The process dies after the call: nothing more is stored, and both messages return.
  void deliver(
    batch,
    { ...w.deps, call: async (...args) => call(...args).then(() => new Promise(() => {})) },
    A_MINUTE,
  );
  while (w.server.calls.length === 0) await new Promise(setImmediate);
  await deliver([again(batch[0] ?? assert.fail(), 2)], w.deps, A_MINUTE);
  await deliver([again(batch[1] ?? assert.fail(), 2)], w.deps, A_MINUTE);
  assert.deepEqual(
    w.calls().map(([id]) => id),
    [second.id, second.id],
  );
});

test('if the function stops after it marked an older edit, the backlog of the active trigger has no item of that edit', async () => {
  await using w = await coalescing();
  const [first, second] = [edit(), edit()];
  // An earlier function put them into the backlog, and then saw that the trigger was active again.
  await w.backlog.park(
    [first, second].map((one) => ({ ...unattempted, notification: one })),
    Date.now(),
  );
  const batch = [message(first), message(second)].map((one) => again(one, 2));
  const marked = Promise.withResolvers<void>();
  const backlog = new Proxy(w.deps.backlog, {
    get: (backlog, name) =>
      name === 'release'
        ? async (...args: Parameters<typeof backlog.release>) => {
            await backlog.release(...args);
            marked.resolve();
            await new Promise(() => {});
          }
        : Reflect.get(backlog, name).bind?.(backlog),
  });
  void deliver(batch, { ...w.deps, backlog }, A_MINUTE);
  await marked.promise;
  // Both messages return when they become visible again.
  const long = Date.now() - 400_000;
  const left = batch.map((one) => again(one, 3, long));
  assert.deepEqual(ids(await deliver(left, w.deps, A_MINUTE)), []);
  assert.deepEqual(
    w.calls().map(([id]) => id),
    [second.id],
  );
  assert.deepEqual((await w.backlog.parked('customer.edit', 10)).parked, [], 'drain would call it later');
});

test('if an older edit cannot be marked, no edit is called, and all of them return to the queue', async () => {
  await using w = await coalescing();
  const batch = [message(edit()), message(edit())];
  const backlog = new Proxy(w.deps.backlog, {
    get: (backlog, name) =>
      name === 'release' ? () => Promise.reject(new Error('no response')) : Reflect.get(backlog, name).bind?.(backlog),
  });
  assert.deepEqual(
    ids(await deliver(batch, { ...w.deps, backlog }, A_MINUTE)),
    batch.map(({ messageId }) => messageId),
  );
  assert.deepEqual(w.calls(), []);
});

test('test calls and redelivered edits are not merged', async () => {
  await using w = await coalescing();
  const edits = [edit(), edit({ redelivered: Date.now() }), edit()];
  await deliver(
    edits.map((one) => message(one)),
    w.deps,
    A_MINUTE,
  );
  assert.equal(w.calls().length, 3);
});
