import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inBatches, inBatchesOfBytes, inWaves } from '../../functions/core/waves.ts';

const item = fc.record({ group: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.nat() });

test('a wave has at most one item of each group', () => {
  fc.assert(
    fc.property(fc.array(item), (items) => {
      for (const wave of inWaves(items, ({ group }) => group))
        assert.equal(new Set(wave.map(({ group }) => group)).size, wave.length);
    }),
  );
});

test('waves contain every item once, and each group keeps its order', () => {
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const sent = inWaves(items, ({ group }) => group).flat();
      for (const g of ['a', 'b', 'c', 'd']) {
        const ofGroup = ({ group }: { group: string }) => group === g;
        assert.deepEqual(sent.filter(ofGroup), items.filter(ofGroup));
      }
    }),
  );
});

test('makes as many waves as the largest group has items', () => {
  assert.equal(inWaves(['a', 'b', 'a', 'c', 'a'], (x) => x).length, 3);
  assert.deepEqual(inWaves([], String), []);
  assert.deepEqual(
    inWaves(['a1', 'b1', 'a2'], ([group = '']) => group),
    [['a1', 'b1'], ['a2']],
  );
});

test('batches have at most the given size, in order', () => {
  assert.deepEqual(inBatches([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(inBatches([], 10), []);
});

test('batches have at most the given bytes in UTF-8, in order; a larger text has its own batch', () => {
  assert.deepEqual(inBatchesOfBytes(['aa', 'b', 'ö', 'ccccccc', 'd'], 6), [['aa', 'b'], ['ö'], ['ccccccc'], ['d']]);
  assert.deepEqual(inBatchesOfBytes(['aa', 'bb'], 6), [['aa', 'bb']]);
  assert.deepEqual(inBatchesOfBytes([], 10), []);
});
