import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestRetrySeconds, nextRetrySeconds, retryAfterSeconds } from '../../functions/core/backoff.ts';

const RETRY_DELAYS = [5, 30, 120, 600];

test('retries after 5 s, 30 s, 2 min and 10 min; the fifth attempt is the last', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((attempts) => nextRetrySeconds(attempts, RETRY_DELAYS, 0.5)),
    [5, 30, 120, 600, undefined, undefined],
  );
});

test('changes a retry delay by at most 20 % at random', () => {
  assert.deepEqual(
    [0, 0.25, 0.75, 0.999_999].map((random) => nextRetrySeconds(3, RETRY_DELAYS, random)),
    [96, 108, 132, 144],
  );
});

test('a receiver can make a retry delay longer, but not shorter', () => {
  assert.deepEqual(
    [0, 3, 60].map((retryAfter) => nextRetrySeconds(1, RETRY_DELAYS, 0.5, retryAfter)),
    [5, 5, 60],
  );
});

test('reads Retry-After as seconds or as a date, at most 15 minutes', () => {
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

test('a retry delay is at least one second', () => {
  assert.equal(nextRetrySeconds(1, [1], 0), 1);
});

test('the longest total is the sum of the longest retry delays, each at least 15 minutes', () => {
  assert.equal(longestRetrySeconds([5, 900]), 900 + 1_080);
  assert.equal(longestRetrySeconds([]), 0);
});
