import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { CallResult } from '../../functions/core/outcome.ts';
import { ok, waiting, world } from '../support/drain-world.ts';
import { MINUTE } from '../support/time.ts';

mock.method(console, 'log', () => {});

const many = (count: number) => Array.from({ length: count }, (_, i) => waiting(`r${i + 1}-1`));

/** A receiver that accepts this number of calls in each second and responds to the others with 429. */
function limited(perSecond: number, now: () => number) {
  const counts = new Map<number, number>();
  const totals = { accepted: 0, throttled: 0, last: 0 };
  const response = (): CallResult => {
    const second = Math.floor(now() / 1000);
    const count = (counts.get(second) ?? 0) + 1;
    counts.set(second, count);
    if (count > perSecond) {
      totals.throttled++;
      return { status: 429, retryAfter: '1', body: '' };
    }
    totals.accepted++;
    totals.last = now();
    return ok;
  };
  return { totals, response };
}

for (const [count, perSecond] of [
  [300, 5],
  [3_000, 50],
] as const)
  test(`${count} notifications reach a receiver that accepts ${perSecond} a second, near its rate and with few rejected calls`, async () => {
    const w = await world('parked', many(count));
    w.change({ throttledAt: w.clock.now() });
    const receiver = limited(perSecond, w.clock.now);
    w.response(receiver.response);
    const begun = w.clock.now();
    for (let runs = 0; runs < 5 && w.now()?.state !== 'active'; runs++) await w.run(runs === 0 ? 31_000 : MINUTE);
    const { accepted, throttled, last } = receiver.totals;
    const seconds = (last - begun - 31_000) / 1000;
    console.info(
      `${count} at ${perSecond}/s: ${seconds.toFixed(0)} s, ideal ${count / perSecond} s; ${throttled} throttled`,
    );
    assert.equal(accepted, count);
    assert.equal(w.backlog.failedItems.size, 0);
    assert.ok(seconds <= (1.3 * count) / perSecond, `${seconds} s`);
    assert.ok(throttled <= 0.1 * (accepted + throttled), `${throttled} throttled`);
    assert.equal(w.now()?.state, 'active');
  });

test('a throttled response does not count as an attempt, and the notification waits as long as the receiver requests', async () => {
  const w = await world('draining', [waiting('r1-1'), waiting('r1-2')]);
  const times: number[] = [];
  let left = 7;
  w.response(() => {
    times.push(w.clock.now());
    return left-- > 0 ? { status: 503, retryAfter: '20', body: '' } : ok;
  });
  for (let runs = 0; runs < 12 && w.now()?.state !== 'active'; runs++) await w.run(MINUTE);
  assert.deepEqual([w.backlog.failedItems.size, w.backlog.parkedItems.size], [0, 0]);
  assert.deepEqual(w.calls.slice(-2), ['r1-1', 'r1-2'], 'in order');
  const waits = times.slice(0, 8).map((at, i) => at - (times[i - 1] ?? Number.NEGATIVE_INFINITY));
  assert.ok(
    waits.every((wait) => wait >= 20_000),
    waits.join(),
  );
});

test('a receiver that throttles every call is parked again, and is probed at the time that it requests', async () => {
  const w = await world('draining', many(20));
  w.response(() => ({ status: 429, retryAfter: '600', body: '' }));
  await w.run(MINUTE);
  const { state, probeAt = 0, parkedBecause, consecutiveFailures } = w.now() ?? {};
  assert.deepEqual([state, parkedBecause], ['parked', 'HTTP 429']);
  assert.ok(probeAt - w.clock.now() > 500_000, `${probeAt - w.clock.now()}`);
  assert.equal(consecutiveFailures, 10, 'it counts no failure');
  const calls = w.calls.length;
  await w.run(MINUTE);
  assert.equal(w.calls.length, calls, 'no probe before');
});

test('a probe that is throttled postpones the next one by seconds, as a probe of a receiver that is not down', async () => {
  const w = await world('parked', many(1), () => ({ status: 429, body: '' }));
  w.change({ probeAt: 0, probeDelay: 1_000 });
  await w.run(3_000);
  const { probeAt = 0, probeDelay } = w.now() ?? {};
  assert.deepEqual([w.calls.length, probeAt - w.clock.now(), probeDelay], [1, 2_000, 2_000]);
});

test('stores the rate at which a receiver that throttles was called, and none for another', async () => {
  const w = await world('draining', many(2));
  await w.run(3_000);
  assert.equal(w.now()?.throttledRate, undefined);
  const slow = await world('draining', many(2));
  slow.change({ throttledAt: slow.clock.now() });
  await slow.run(3_000);
  // It begins with one call a second, and each delivery adds one.
  assert.equal(slow.now()?.throttledRate, 3);
});

test('a drain with a limit stores the earliest time of the next call', async () => {
  const w = await world('draining', many(3));
  w.change({ maxPerSecond: 2 });
  const times: number[] = [];
  w.response(() => {
    times.push(w.clock.now());
    return ok;
  });
  await w.run(3_000);
  // A call takes 10 ms, and the next one may begin half a second after it began.
  assert.deepEqual([w.now()?.state, w.now()?.nextSlot], ['active', (times.at(-1) ?? 0) - 10 + 500]);
});

test('a trigger over its limit with an empty backlog stays draining until its next call may be made', async () => {
  const w = await world('draining', []);
  const nextSlot = w.clock.now() + 4_500;
  w.change({ nextSlot });
  await w.run(3_000);
  assert.equal(w.now()?.state, 'active');
  assert.equal(w.clock.now(), nextSlot + 500, 'it looks once a second');
});
