import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inRecordOrder } from '../../functions/core/record-order.ts';

const change = (record: string, sequence: string, changedAt: number) => ({ record, sequence, changedAt });

test('sorts a later change of a record after the earlier one, also if its time is earlier', () => {
  const items = [change('a', '101', 999), change('a', '100', 1_000)];
  assert.deepEqual(
    inRecordOrder(items, (item) => item).map(({ sequence }) => sequence),
    ['100', '101'],
  );
});

test('compares sequences as integers of any length', () => {
  const items = [
    change('a', '10000000000000000000000', 1),
    change('a', '9999999999999999999999', 2),
    change('a', '9', 3),
  ];
  const sorted = inRecordOrder(items, (item) => item).map(({ sequence }) => sequence);
  assert.deepEqual(sorted, ['9', '9999999999999999999999', '10000000000000000000000']);
});

test('sorts records by time, and changes of one record by sequence', () => {
  const item = fc.record({
    record: fc.constantFrom('a', 'b', 'c'),
    sequence: fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
    changedAt: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const sorted = inRecordOrder(items, (item) => item);
      assert.deepEqual(new Set(sorted), new Set(items));
      assert.equal(sorted.length, items.length);
      for (const group of Map.groupBy(sorted, ({ record }) => record).values())
        assert.ok(group.every(({ sequence }, i) => i === 0 || BigInt(group[i - 1]?.sequence ?? 0) <= BigInt(sequence)));
      // The times of a record define its places.
      const byTime = items.toSorted((a, b) => a.changedAt - b.changedAt);
      assert.deepEqual(
        sorted.map(({ record }) => record),
        byTime.map(({ record }) => record),
      );
    }),
  );
});
