import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('410 pauses the trigger, and its notifications go to the backlog', async () => {
  await using server = await receiver((_, response) => response.writeHead(410).end());
  const { deps, triggers, backlog } = world({ 'customer.edit': server.origin });
  const gone = notification();
  await deliver([message(gone)], deps, A_MINUTE);
  assert.partialDeepStrictEqual(triggers.items.get('customer.edit'), { state: 'paused', pausedBy: 'gone' });
  await deliver([message(gone, { ApproximateReceiveCount: '2' })], deps, A_MINUTE);
  assert.equal(backlog.parkedItems.size, 1);
  assert.equal(server.calls.length, 1);
});

test('a URL that is not allowed parks its trigger at once with the reason, and nothing is lost', async () => {
  const { deps, triggers, backlog, returned, state } = world({ 'customer.edit': 'https://10.0.0.1/hook' });
  const waiting = [1, 2].map((n) => notification({ record: record(n) }));
  await deliver(
    waiting.map((n) => message(n)),
    deps,
    A_MINUTE,
  );
  const { parkedBecause, consecutiveFailures, probeAt = 0, probeDelay } = triggers.items.get('customer.edit') ?? {};
  assert.match(parkedBecause ?? '', /^leads to an address that is not public\. Fix: /);
  assert.doesNotMatch(parkedBecause ?? '', /10\.0\.0\.1|hook/);
  assert.deepEqual([state(), consecutiveFailures, triggers.moves, probeDelay], ['parked', 0, 1, 30_000]);
  assert.ok(Math.abs(probeAt - Date.now() - 30_000) < 1_000);
  assert.deepEqual(
    returned.map(({ seconds }) => seconds),
    [1, 1],
  );
  const calls = mock.method(deps, 'call');
  const again = waiting.map((n) => message(n, { ApproximateReceiveCount: '2' }));
  assert.deepEqual(await deliver(again, deps, A_MINUTE), { batchItemFailures: [] });
  assert.deepEqual([calls.mock.callCount(), backlog.parkedItems.size, backlog.retryItems.size], [0, 2, 0]);
  assert.partialDeepStrictEqual(backlog.parkedItems.get(waiting[0]?.id ?? ''), { attempts: 1 });
});

test('a redelivered notification to a URL that may not be called waits too; one that is too old moves to Failed', async () => {
  const { deps, backlog, state } = world({ 'customer.edit': 'https://10.0.0.1/', 'task.edit': 'https://10.0.0.1/' });
  const changedAt = Date.now() - 73 * 3_600_000;
  await deliver([message(notification({ changedAt, redelivered: Date.now() }))], deps, A_MINUTE);
  assert.deepEqual([state(), backlog.retryItems.size], ['parked', 1]);
  const old = notification({ trigger: 'task.edit', changedAt });
  assert.deepEqual(await deliver([message(old)], deps, A_MINUTE), { batchItemFailures: [] });
  assert.match(backlog.failedItems.get(old.id)?.reason ?? '', /^leads to an address that is not public/);
});

test('a test call of a URL that may not be called returns the reason, and does not park the trigger', async () => {
  const { deps, backlog, state } = world({ 'customer.edit': 'https://10.0.0.1/' });
  await deliver([message(notification({ test: true }))], deps, A_MINUTE);
  assert.match([...backlog.tests.values()][0]?.response ?? '', /^leads to an address that is not public\. Fix: /);
  assert.equal(state(), 'active');
});

test('a parked trigger stores the response that parked it', async () => {
  await using server = await receiver((_, response) => response.writeHead(503).end());
  const { deps, triggers } = world({ 'customer.edit': server.origin });
  const batch = Array.from({ length: 10 }, (_, i) => message(notification({ record: record(i) })));
  await deliver(batch, deps, A_MINUTE);
  assert.partialDeepStrictEqual(triggers.items.get('customer.edit'), { state: 'parked', parkedBecause: 'HTTP 503' });
});
