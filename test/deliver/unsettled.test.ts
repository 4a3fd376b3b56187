import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { Notification } from '../../functions/core/notification.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, fails, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('moves the pending notification of a trigger without a URL to Failed', async () => {
  const { deps, backlog } = world({});
  const waiting = notification();
  const { batchItemFailures } = await deliver([message(waiting)], deps, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.partialDeepStrictEqual(
    [...backlog.failedItems.values()],
    [{ id: waiting.id, reason: 'no URL is set for customer.edit', attempts: 0 }],
  );
});

test('an unreadable message goes to the dead-letter queue unchanged, and later messages are delivered', async () => {
  await using server = await receiver();
  const { deps, deadLettered } = world({ 'customer.edit': server.origin });
  const group = { MessageGroupId: record(1) };
  const { batchItemFailures } = await deliver(
    [message('{"v":9}', group), message(notification(), group)],
    deps,
    A_MINUTE,
  );
  assert.deepEqual(batchItemFailures, []);
  assert.partialDeepStrictEqual(deadLettered, [{ body: '{"v":9}', reason: 'the message is not of version 1' }]);
  assert.equal(server.calls.length, 1);
});

test('returns messages to the queue at once if the function has no time left for an attempt', async () => {
  await using server = await receiver();
  let remaining = 60_000;
  const { deps, returned } = world({ 'customer.edit': server.origin });
  const batch = [1, 2, 3].map(() => message(notification()));
  const { batchItemFailures } = await deliver(batch, deps, () => {
    const now = remaining;
    remaining = 6_000;
    return now;
  });
  assert.equal(server.calls.length, 1);
  assert.equal(batchItemFailures.length, 2);
  assert.deepEqual(
    returned.map(({ seconds }) => seconds),
    [1, 1],
  );
});

test('all messages return to the queue with a delay when the tables do not respond', async () => {
  const { deps, triggers, returned } = world({});
  mock.method(triggers, 'read', fails);
  const batch = [1, 1, 2].map((n) => message(notification({ record: record(n) })));
  const { batchItemFailures } = await deliver(batch, deps, A_MINUTE);
  assert.equal(batchItemFailures.length, 3);
  assert.deepEqual(
    returned.map(({ seconds }) => seconds),
    [5, 5, 5],
  );
});

const failures: [string, (w: ReturnType<typeof world>) => void, number, Partial<Notification>][] = [
  ['hold', (w) => mock.method(w.backlog, 'hold', fails), 500, {}],
  ['fail', (w) => mock.method(w.backlog, 'fail', fails), 500, { changedAt: 0 }],
  ['release', (w) => mock.method(w.backlog, 'release', fails), 200, {}],
  ['putTestResult', (w) => mock.method(w.backlog, 'putTestResult', fails), 500, { test: true }],
  ['countFailure', (w) => mock.method(w.triggers, 'countFailure', fails), 500, {}],
  ['returnToQueue', (w) => mock.method(w.deps.queue, 'returnToQueue', fails), 500, {}],
];

for (const [failing, breakIt, status, overrides] of failures)
  test(`does not throw when ${failing} fails, and the queue keeps the message`, async () => {
    await using server = await receiver((_, response) => response.writeHead(status).end());
    const w = world({ 'customer.edit': server.origin });
    const stuck = notification({ changedAt: Date.now(), ...overrides });
    await w.backlog.hold({ notification: stuck, attempts: 1, firstAttempt: 1, response: '', nextTry: 0 }, Date.now());
    breakIt(w);
    const { batchItemFailures } = await deliver([message(stuck, { ApproximateReceiveCount: '2' })], w.deps, A_MINUTE);
    assert.equal(batchItemFailures.length, 1);
  });

for (const failing of ['park', 'read'] as const)
  test(`does not throw when ${failing} fails during parking, and the queue keeps the message`, async () => {
    const w = world({ 'customer.edit': 'http://127.0.0.1:9/' });
    await w.triggers.move('customer.edit', 'pause');
    if (failing === 'park') mock.method(w.backlog, 'park', fails);
    else mock.method(w.triggers, 'read').mock.mockImplementationOnce(fails, 1);
    const { batchItemFailures } = await deliver([message(notification())], w.deps, A_MINUTE);
    assert.equal(batchItemFailures.length, 1);
  });
