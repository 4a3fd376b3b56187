import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdSeconds } from '../../functions/core/schedule.ts';

const HOLDS = [5, 30, 120, 600];

test('holds last 5 s, 30 s, 2 min and 10 min; the fifth attempt is the last', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((attempts) => holdSeconds(attempts, HOLDS, 0.5)),
    [5, 30, 120, 600, undefined, undefined],
  );
});

test('a hold strays by at most 20 % from its length', () => {
  assert.deepEqual(
    [0, 0.25, 0.75, 0.999_999].map((random) => holdSeconds(3, HOLDS, random)),
    [96, 108, 132, 144],
  );
});

test('a hold lasts at least a second', () => {
  assert.equal(holdSeconds(1, [1], 0), 1);
});
