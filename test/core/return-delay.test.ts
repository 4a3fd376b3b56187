import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUSY_TRIES, busyPauseMs, returnSeconds } from '../../functions/core/return-delay.ts';

const DAYS = 24 * 60 * 60;
/** The dead-letter queue's. */
const MAX_RECEIVES = 1_000;

for (const first of [1, 5])
  test(`returns after ${first} s for ten receives, then later and later, so that the queue keeps the message for 14 days`, () => {
    const delays = Array.from({ length: MAX_RECEIVES - 1 }, (_, i) => returnSeconds(first, i + 1));
    assert.deepEqual(new Set(delays.slice(0, 10)), new Set([first]));
    assert.ok(delays.every((seconds, i) => i === 0 || seconds >= (delays[i - 1] ?? 0)));
    assert.equal(delays.at(-1), 1_800);
    // Some of the receives may have been used up by retries.
    const waited = delays.slice(100).reduce((sum, seconds) => sum + seconds, 0);
    assert.ok(waited > 14 * DAYS, `${waited / DAYS} days`);
  });

test('a repair takes effect within a fifth of the time that the trouble took, and within 30 minutes', () => {
  let passed = 0;
  for (let receives = 1; receives < MAX_RECEIVES; receives++) {
    const next = returnSeconds(5, receives);
    assert.ok(next <= Math.max(5, 0.21 * passed), `${next} s after ${passed} s`);
    passed += next;
  }
});

test('pauses for what DynamoDB left unprocessed double up to 1.6 s, with up to half of each taken away at random', () => {
  const longest = Array.from({ length: BUSY_TRIES }, (_, attempt) => busyPauseMs(attempt, 0));
  assert.deepEqual(longest, [50, 100, 200, 400, 800, 1_600, 1_600, 1_600]);
  assert.equal(busyPauseMs(0, 1), 25);
  assert.equal(busyPauseMs(7, 0.5), 1_200);
});
