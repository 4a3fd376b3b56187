import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOverLimit, overLimitReason, recordLimit, windowOf } from '../../functions/core/record-limit.ts';

const limit = { changes: 3, perSeconds: 60 };

test('the first changes of a window are within the limit, all later ones beyond it', () => {
  const sequences = ['98', '99', '100', '101', '1000'];
  assert.deepEqual(
    sequences.map((sequence) => isOverLimit(sequence, sequences, limit)),
    [false, false, false, true, true],
  );
});

test('a repeat is checked as it was at first, whatever was counted since', () => {
  const sequence = fc.bigInt({ min: 0n, max: 10n ** 39n }).map(String);
  fc.assert(
    fc.property(fc.uniqueArray(sequence, { minLength: 1, maxLength: 20 }), fc.nat(), (unordered, drawn) => {
      const all = unordered.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
      const at = drawn % all.length;
      const own = all[at] ?? '';
      const atFirst = isOverLimit(own, all.slice(0, at + 1), limit);
      assert.equal(isOverLimit(own, all, limit), atFirst);
      assert.equal(isOverLimit(own, all.slice(0, at), limit), atFirst, 'whether it is counted itself or not');
      assert.equal(atFirst, at >= limit.changes);
    }),
  );
});

test('windows follow each other without gap or overlap', () => {
  const window = (changedAt: number) => windowOf({ changedAt }, limit);
  assert.equal(window(1_760_000_040_000), 1_760_000_040);
  assert.equal(window(1_760_000_099_999), 1_760_000_040);
  assert.equal(window(1_760_000_100_000), 1_760_000_100);
});

test('the reason names the limit', () => {
  assert.equal(overLimitReason(limit), 'it looks like a loop: more than 3 changes of this record within 60 s');
});

test('a limit has a number of changes and a number of seconds', () => {
  assert.deepEqual(recordLimit.parse(limit), limit);
  for (const wrong of [{ changes: 3 }, { perSeconds: 60 }, { changes: '3', perSeconds: 60 }])
    assert.equal(recordLimit.safeParse(wrong).success, false);
});
