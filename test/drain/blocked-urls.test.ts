import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { CallResult } from '../../functions/core/outcome.ts';
import { ok, waiting, world } from '../support/drain-world.ts';

mock.method(console, 'log', () => {});

const blocked: CallResult = { blocked: 'leads to an address that is not public' };

test('a URL that may not be called is probed less and less often, and its notifications move to Failed after 72 hours', async () => {
  const w = await world('parked', [waiting('r1-0'), waiting('r1-1')], () => blocked);
  const began = w.clock.now();
  let rests = 0;
  while (w.backlog.parkedItems.size > 0 && rests++ < 200) await w.run((w.now()?.probeDelay ?? 0) + 1_000);
  assert.deepEqual([w.backlog.failedItems.size, w.now()?.probeDelay], [2, 3_600_000]);
  assert.ok(w.clock.now() - began >= 72 * 3_600_000);
  assert.ok(w.calls.length <= 7 + 72, `${w.calls.length} attempts in 72 hours`);
  assert.equal([...w.backlog.failedItems.values()][0]?.reason, 'leads to an address that is not public');
});

test('a URL that may no longer be called parks its trigger again at once, with the reason', async () => {
  const w = await world(
    'draining',
    // The response to record 2 comes first.
    [waiting('r1-0'), waiting('r1-1'), waiting('r2-0', 1_759_999_999_999)],
    (call) => (call === 'r1-0' ? ok : blocked),
  );
  await w.run(3_000);
  assert.deepEqual([w.now()?.state, w.now()?.parkedBecause], ['parked', 'leads to an address that is not public']);
  assert.deepEqual([w.calls.length, w.backlog.parkedItems.size, w.backlog.failedItems.size], [2, 2, 0]);
});

test('a notification whose URL may not be called waits, even after its last attempt and after deliveries of others', async () => {
  const w = await world('parked', [], () => blocked);
  const now = w.clock.now();
  w.change({ lastSuccess: now });
  const tried = { attempts: 4, firstAttempt: now - 1_000, response: 'HTTP 500', nextTry: 0 };
  await w.backlog.park([{ ...tried, notification: waiting('r1-0', now) }], now);
  await w.run(31_000);
  assert.deepEqual([w.calls.length, w.backlog.parkedItems.size, w.backlog.failedItems.size], [1, 1, 0]);
});

test('delivers the whole backlog after the URL may be called again', async () => {
  let may = false;
  const names = ['r1-0', 'r1-1', 'r2-0'];
  const w = await world(
    'parked',
    names.map((name) => waiting(name)),
    () => (may ? ok : blocked),
  );
  await w.run(31_000);
  may = true;
  for (let i = 0; i < 10 && w.now()?.state !== 'active'; i++) await w.run(61_000);
  assert.deepEqual([w.now()?.state, w.backlog.parkedItems.size, w.backlog.failedItems.size], ['active', 0, 0]);
});
