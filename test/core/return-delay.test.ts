import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUSY_TRIES, busyPauseMs, returnSeconds } from '../../functions/core/return-delay.ts';

const DAYS = 24 * 60 * 60;
/** After this many receives SQS moves a message to the dead-letter queue. */
const MAX_RECEIVES = 1_000;

for (const first of [1, 5])
  test(`returns a message after ${first} s ten times, then with growing delays that last for more than 14 days`, () => {
    const delays = Array.from({ length: MAX_RECEIVES - 1 }, (_, i) => returnSeconds(first, i + 1));
    assert.deepEqual(new Set(delays.slice(0, 10)), new Set([first]));
    assert.ok(delays.every((seconds, i) => i === 0 || seconds >= (delays[i - 1] ?? 0)));
    assert.equal(delays.at(-1), 1_800);
    // Retries can use up some of the receives.
    const waited = delays.slice(100).reduce((sum, seconds) => sum + seconds, 0);
    assert.ok(waited > 14 * DAYS, `${waited / DAYS} days`);
  });

test('the next delay is at most a fifth of the time that passed', () => {
  let passed = 0;
  for (let receives = 1; receives < MAX_RECEIVES; receives++) {
    const next = returnSeconds(5, receives);
    assert.ok(next <= Math.max(5, 0.21 * passed), `${next} s after ${passed} s`);
    passed += next;
  }
});

test('pauses for unprocessed items double up to 1.6 s, and jitter shortens them by up to a half', () => {
  const longest = Array.from({ length: BUSY_TRIES }, (_, attempt) => busyPauseMs(attempt, 0));
  assert.deepEqual(longest, [50, 100, 200, 400, 800, 1_600, 1_600, 1_600]);
  assert.equal(busyPauseMs(0, 1), 25);
  assert.equal(busyPauseMs(7, 0.5), 1_200);
});
