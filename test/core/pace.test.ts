import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../functions/core/pace.ts';

test('has no limit without a throttled response', () => {
  const pace = new Pace(false);
  for (let n = 0; n < 1000; n++) {
    assert.equal(pace.take(0), 0);
    pace.delivered();
  }
});

test('starts with one call a second after recent throttling, and doubles the rate each second', () => {
  const pace = new Pace(true);
  const calls: number[] = [];
  for (let now = 0; now < 4_000; now++)
    while (pace.take(now) === 0) {
      calls.push(now);
      pace.delivered();
    }
  const perSecond = [0, 1, 2, 3].map((second) => calls.filter((at) => Math.floor(at / 1000) === second).length);
  assert.ok((perSecond[3] ?? 0) > 2 * (perSecond[1] ?? 0), perSecond.join());
  assert.ok((perSecond[0] ?? 0) <= 3);
});

test('calls in flight together decrease the rate once, and no call is made before the time in Retry-After', () => {
  const pace = new Pace(false);
  for (let n = 0; n < 10; n++) assert.equal(pace.take(0), 0);
  for (let n = 0; n < 10; n++) pace.throttled(0, 10, 2_000);
  assert.equal(pace.take(10), 2_000);
  assert.equal(pace.take(2_010), 0);
  // 80 % of ten calls a second.
  assert.equal(pace.take(2_010), 125);
});

test('makes at least one call in five seconds', () => {
  const pace = new Pace(false);
  for (let n = 1; n < 100; n++) pace.throttled(n * 1000, n * 1000 + 1, 0);
  const now = 1_000_000;
  assert.equal(pace.take(now), 0);
  assert.equal(pace.take(now), 5_000);
});
