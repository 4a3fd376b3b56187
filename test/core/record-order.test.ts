import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inRecordOrder } from '../../functions/core/record-order.ts';

const one = (record: string, sequence: string, changedAt: number) => ({ record, sequence, changedAt });

test('a later change of a record with an earlier time stands behind the earlier change', () => {
  const items = [one('a', '101', 999), one('a', '100', 1_000)];
  assert.deepEqual(
    inRecordOrder(items, (item) => item).map(({ sequence }) => sequence),
    ['100', '101'],
  );
});

test('sequences are compared as integers of any length', () => {
  const items = [one('a', '10000000000000000000000', 1), one('a', '9999999999999999999999', 2), one('a', '9', 3)];
  const sorted = inRecordOrder(items, (item) => item).map(({ sequence }) => sequence);
  assert.deepEqual(sorted, ['9', '9999999999999999999999', '10000000000000000000000']);
});

test('records stand by time among each other, each by its sequence', () => {
  const item = fc.record({
    record: fc.constantFrom('a', 'b', 'c'),
    sequence: fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
    changedAt: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const sorted = inRecordOrder(items, (one) => one);
      assert.deepEqual(new Set(sorted), new Set(items));
      assert.equal(sorted.length, items.length);
      for (const own of Map.groupBy(sorted, ({ record }) => record).values())
        assert.ok(own.every(({ sequence }, i) => i === 0 || BigInt(own[i - 1]?.sequence ?? 0) <= BigInt(sequence)));
      // The places of a record are those that its times gave it.
      const byTime = items.toSorted((a, b) => a.changedAt - b.changedAt);
      assert.deepEqual(
        sorted.map(({ record }) => record),
        byTime.map(({ record }) => record),
      );
    }),
  );
});
