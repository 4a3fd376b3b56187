import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOverLimit, overLimitReason, recordLimit, windowOf } from '../../functions/core/record-limit.ts';
import { windowThatLasts } from '../support/record-window.ts';

const limit = { changes: 3, perSeconds: 60 };

test('the first changes of a window are within the limit, and all later ones are over it', () => {
  const sequences = ['98', '99', '100', '101', '1000'];
  assert.deepEqual(
    sequences.map((sequence) => isOverLimit(sequence, sequences, limit)),
    [false, false, false, true, true],
  );
});

test('a repeat gets the same result, whatever changes were counted later', () => {
  const sequence = fc.bigInt({ min: 0n, max: 10n ** 39n }).map(String);
  fc.assert(
    fc.property(fc.uniqueArray(sequence, { minLength: 1, maxLength: 20 }), fc.nat(), (unordered, index) => {
      const all = unordered.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
      const at = index % all.length;
      const change = all[at] ?? '';
      const atFirst = isOverLimit(change, all.slice(0, at + 1), limit);
      assert.equal(isOverLimit(change, all, limit), atFirst);
      assert.equal(isOverLimit(change, all.slice(0, at), limit), atFirst, 'also if the change itself is not counted');
      assert.equal(atFirst, at >= limit.changes);
    }),
  );
});

test('windows have no gap and no overlap', () => {
  const window = (changedAt: number) => windowOf({ changedAt }, limit);
  assert.equal(window(1_760_000_040_000), 1_760_000_040);
  assert.equal(window(1_760_000_099_999), 1_760_000_040);
  assert.equal(window(1_760_000_100_000), 1_760_000_100);
});

test('the reason contains the limit', () => {
  assert.equal(overLimitReason(limit), 'it looks like a loop: more than 3 changes of this record within 60 s');
});

test('a limit requires a number of changes and a number of seconds', () => {
  assert.deepEqual(recordLimit.parse(limit), limit);
  for (const wrong of [{ changes: 3 }, { perSeconds: 60 }, { changes: '3', perSeconds: 60 }])
    assert.equal(recordLimit.safeParse(wrong).success, false);
});

test('the window of tests on an emulator lasts for at least 12 more hours, at any time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_700_000_000, max: 4_000_000_000 }), (seconds) => {
      const perSeconds = windowThatLasts(seconds * 1000);
      const end = windowOf({ changedAt: seconds * 1000 }, { ...limit, perSeconds }) + perSeconds;
      assert.ok(end - seconds >= 12 * 3600, `${end - seconds} s`);
    }),
    { numRuns: 1000 },
  );
});
