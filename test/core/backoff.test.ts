import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdSeconds, longestRetrySeconds, retryAfterSeconds } from '../../functions/core/backoff.ts';

const RETRY_DELAYS = [5, 30, 120, 600];

test('retry delays last 5 s, 30 s, 2 min and 10 min; the fifth attempt is the last', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((attempts) => holdSeconds(attempts, RETRY_DELAYS, 0.5)),
    [5, 30, 120, 600, undefined, undefined],
  );
});

test('a retry delay strays by at most 20 % from its length', () => {
  assert.deepEqual(
    [0, 0.25, 0.75, 0.999_999].map((random) => holdSeconds(3, RETRY_DELAYS, random)),
    [96, 108, 132, 144],
  );
});

test('a receiver may ask for a longer retry delay, not for a shorter one', () => {
  assert.deepEqual(
    [0, 3, 60].map((askedFor) => holdSeconds(1, RETRY_DELAYS, 0.5, askedFor)),
    [5, 5, 60],
  );
});

test('Retry-After is read as seconds or as a date, and clamped to 15 minutes', () => {
  const now = Date.parse('2026-11-23T09:00:00Z');
  const cases: [string | undefined, number][] = [
    [undefined, 0],
    ['0', 0],
    [' 120 ', 120],
    ['901', 900],
    ['99999999999999999999', 900],
    ['-5', 0],
    ['1.5', 0],
    ['soon', 0],
    ['', 0],
    ['Mon, 23 Nov 2026 09:01:00 GMT', 60],
    ['Mon, 23 Nov 2026 08:00:00 GMT', 0],
    ['Mon, 23 Nov 2027 09:00:00 GMT', 900],
    ['Monday, 23-Nov-26 09:01:00 GMT', 60],
    ['Mon Nov 23 09:01:00 2026', 60],
    ['-3600', 0],
    ['-32', 0],
    ['+60', 0],
    ['60s', 0],
    ['2026-11-23T09:01:00Z', 0],
    ['Mon, 23 Nov 2026 09:01:00 +0100', 0],
  ];
  for (const [header, seconds] of cases) assert.equal(retryAfterSeconds(header, now), seconds, header);
});

test('a retry delay lasts at least a second', () => {
  assert.equal(holdSeconds(1, [1], 0), 1);
});

test('the longest wait is the sum of the longest retry delays, each at least 15 minutes', () => {
  assert.equal(longestRetrySeconds([5, 900]), 900 + 1_080);
  assert.equal(longestRetrySeconds([]), 0);
});
