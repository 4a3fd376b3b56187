import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { down, waiting, world } from '../support/drain-world.ts';
import { MINUTE } from '../support/time.ts';

mock.method(console, 'log', () => {});

test('does not attempt items that were parked less than two seconds ago', async () => {
  const w = await world('draining', []);
  await w.backlog.park([{ ...unattempted, notification: waiting('r1-0') }], w.clock.now());
  const parkedAt = w.clock.now();
  await w.run(0);
  assert.deepEqual(w.calls, ['r1-0']);
  assert.ok(w.clock.now() - parkedAt >= 2_000);
});

test('moves notifications to Failed after 72 hours in each state of the trigger', async () => {
  for (const state of ['parked', 'paused', 'draining'] as const) {
    const w = await world(state, [waiting('r1-0', 1_759_000_000_000), waiting('r2-0')], () => down);
    await w.run(31_000);
    assert.deepEqual(
      [...w.backlog.failedItems.values()].map(({ changedAt }) => changedAt),
      [1_759_000_000_000],
      state,
    );
  }
});

test('does nothing for a paused trigger', async () => {
  const w = await world('paused', [waiting('r1-0')]);
  await w.run(3_600_000);
  assert.deepEqual([w.calls.length, w.now()?.state], [0, 'paused']);
});

test('410 pauses a trigger during a drain', async () => {
  const w = await world(
    'draining',
    ['r1-0', 'r2-0'].map((name) => waiting(name)),
    () => ({ status: 410, body: '' }),
  );
  await w.run(3_000);
  assert.deepEqual([w.now()?.state, w.now()?.pausedBy, w.backlog.parkedItems.size], ['paused', 'gone', 2]);
});

test('410 to the last attempt pauses the trigger', async () => {
  const w = await world('draining', []);
  const tried = { attempts: 4, firstAttempt: 1, response: 'HTTP 500', nextTry: 0 };
  await w.backlog.park([{ ...tried, notification: waiting('r1-0') }], w.clock.now());
  await w.triggers.clearFailures('customer.edit', w.clock.now());
  w.response(() => ({ status: 410, body: '' }));
  await w.run(3_000);
  assert.deepEqual([w.now()?.state, w.backlog.parkedItems.size, w.backlog.failedItems.size], ['paused', 1, 0]);
});

test('a new URL or a pause takes effect within a second during a pass', async () => {
  const w = await world(
    'draining',
    Array.from({ length: 400 }, (_, i) => waiting(`r1-${i}`)),
  );
  void w.clock.sleep(3_500).then(() => w.triggers.writeUrl('customer.edit', 'https://y/', 0));
  void w.clock.sleep(5_500).then(() => w.triggers.move('customer.edit', 'pause'));
  await w.run(3_000);
  const { size } = w.backlog.parkedItems;
  // A call takes 10 ms: 50 to 150 to the old URL, at most 300 to the new one before it is paused.
  assert.ok(size >= 50, `${size} still wait`);
  const first = w.urls.indexOf('https://y/');
  assert.ok(first >= 50 && first <= 150, `the new URL is used from call ${first} on`);
  assert.ok(w.urls.slice(first).every((url) => url === 'https://y/'));
});

test('does not drain a trigger while another run has its lease', async () => {
  const w = await world('draining', [waiting('r1-0')]);
  await w.triggers.lease('customer.edit', w.clock.now() + 10 * MINUTE, w.clock.now());
  await w.run(3_000);
  assert.equal(w.calls.length, 0);
  await w.run(10 * MINUTE);
  assert.equal(w.calls.length, 1);
});

test('moves the backlog of a trigger without a URL to Failed', async () => {
  const w = await world('draining', [waiting('r1-0')]);
  await w.triggers.writeUrl('customer.edit', undefined, 0);
  await w.run(3_000);
  assert.deepEqual([w.calls.length, w.backlog.parkedItems.size, w.now()?.state], [0, 0, 'active']);
  assert.deepEqual(
    [...w.backlog.failedItems.values()].map(({ reason }) => reason),
    ['no URL is set for customer.edit'],
  );
});
