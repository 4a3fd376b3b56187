import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type Parked, unattempted } from '../../functions/adapters/backlog-items.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { down, ok, waiting, world } from '../support/drain-world.ts';
import { HOUR } from '../support/time.ts';

mock.method(console, 'log', () => {});

const throttled: CallResult = { status: 429, retryAfter: '1', body: '' };
const rejected: CallResult = { status: 400, body: '' };

/** One notification each of `count` records, in the order of their numbers. */
const records = (count: number) => Array.from({ length: count }, (_, i) => waiting(`r${i}-1`, 1_760_000_000_000 + i));

for (const [title, ago, until, probes] of [
  ['waits for a probe that is less than a minute away', 0, 59_999, 1],
  ['does not wait for a probe that is a minute away', 0, 60_000, 0],
  ['waits for the probe of a receiver that throttled less than a minute ago', 59_999, 1_000, 1],
  ['does not wait for the probe of a receiver that throttled a minute ago', 60_000, 1_000, 0],
] as const)
  test(`a run ${title}`, async () => {
    const w = await world('parked', records(1), () => down);
    const at = w.clock.now() + 3_000;
    w.change({ throttledAt: at - ago, probeAt: at + until });
    await w.run(3_000);
    assert.equal(w.calls.length, probes);
  });

test('a run probes a receiver again that throttled all calls of its pass', async () => {
  const w = await world('draining', records(20));
  const times: number[] = [];
  w.response(() => {
    times.push(w.clock.now());
    return times.length <= 5 ? throttled : ok;
  });
  w.change({ throttledAt: w.clock.now() });
  await w.run(3_000);
  assert.deepEqual([w.now()?.state, w.backlog.parkedItems.size], ['active', 0]);
  assert.equal(times.length, 25);
});

test('a run parks a trigger again after five throttled responses', async () => {
  const w = await world('draining', records(20), () => ({ ...throttled, retryAfter: '70' }));
  w.change({ throttledAt: w.clock.now() });
  await w.run(3_000);
  assert.deepEqual([w.calls.length, w.now()?.state], [5, 'parked']);
});

for (const [ago, most] of [
  [HOUR, 20],
  [HOUR - 1, 1],
] as const)
  test(`makes ${most} calls in parallel at first for a receiver that throttled ${ago} ms ago`, async () => {
    const w = await world('draining', records(20));
    w.change({ throttledAt: w.clock.now() + 3_000 - ago });
    await w.run(3_000);
    assert.deepEqual([w.most(), w.calls.length], [most, 20]);
  });

test('a run makes no call that it cannot complete, however long the receiver asks to wait', async () => {
  const w = await world('draining', records(3), () => ({ ...throttled, retryAfter: '290' }));
  w.change({ throttledAt: w.clock.now() });
  await w.run(3_000);
  assert.equal(w.calls.length, 1);
});

test('calls that wait for their turn are not made when the pass ends', async () => {
  const w = await world('draining', records(20), () => ({ blocked: 'leads to an address that is not public' }));
  w.change({ throttledAt: w.clock.now() });
  await w.run(3_000);
  assert.deepEqual([w.calls.length, w.now()?.state], [1, 'parked']);
});

test('six failures in each of two passes park no trigger, because consecutive failures count within a pass', async () => {
  const w = await world('draining', records(6));
  let calls = 0;
  w.response(() => (++calls <= 12 ? down : ok));
  await w.run(3_000);
  assert.deepEqual([w.calls.length, w.now()?.state], [18, 'active']);
});

test('waits twice as long after each pass without a delivery, at most 16 s, and 1 s again after a delivery', async () => {
  const w = await world('draining', []);
  const now = w.clock.now();
  const later = { ...unattempted, attempts: 1, firstAttempt: now, response: 'HTTP 500' };
  await w.backlog.park(
    [60_000, 70_000].map((wait, i) => ({ ...later, notification: waiting(`r${i}-1`), nextTry: now + 3_000 + wait })),
    now,
  );
  const reads: number[] = [];
  const { parked } = w.backlog;
  mock.method(w.backlog, 'parked', (...args: Parameters<typeof parked>) => {
    reads.push(w.clock.now() - now - 3_000);
    return parked.apply(w.backlog, args);
  });
  await w.run(3_000);
  assert.deepEqual(
    reads.map((at) => Math.round(at / 1000)),
    // Twice at the start (measurement and first pass); the last reads find the backlog empty.
    [0, 0, 1, 3, 7, 15, 31, 47, 63, 63, 64, 66, 70, 70, 70],
  );
});

for (const [title, response, attempts] of [
  ['a delivery', ok, 0],
  ['a failed attempt', rejected, 0],
  ['a move to Failed', rejected, 4],
] as const)
  test(`a run ends after ten results in a row that cannot be stored, and ${title} that is stored starts the count again`, async () => {
    for (const [every, calls] of [
      [10, 30],
      [11, 10],
    ] as const) {
      const isStored = (record: number) => record % every === every - 1;
      const w = await world('draining', [], (call) => (isStored(Number(call.slice(1, -2))) ? response : ok));
      const now = w.clock.now();
      await w.backlog.park(
        records(30).map((notification, i) => {
          const known = { ...unattempted, ...(isStored(i) && attempts > 0 && { attempts, firstAttempt: 1 }) };
          return { ...known, notification };
        }),
        now,
      );
      w.change({ lastSuccess: now });
      w.deps.concurrency = 1;
      const { unpark } = w.backlog;
      mock.method(w.backlog, 'unpark', async (parked: Parked) => {
        if (!isStored(Number(parked.notification.record))) throw new Error('no response');
        return unpark.call(w.backlog, parked);
      });
      await w.run(3_000);
      assert.equal(new Set(w.calls).size, calls);
    }
  });
