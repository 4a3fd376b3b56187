import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEach } from '../../functions/drain/for-each.ts';

test('starts the work in order, at most `limit` at a time', async () => {
  const begun: number[] = [];
  let open = 0;
  let most = 0;
  await forEach([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    most = Math.max(most, ++open);
    await new Promise(setImmediate);
    open--;
  });
  assert.deepEqual([begun, most, open], [[1, 2, 3, 4, 5], 2, 0]);
});

test('rejects with the first error after all have ended', async () => {
  let ended = 0;
  const work = async (item: number) => {
    for (let turns = 0; turns < item; turns++) await new Promise(setImmediate);
    ended++;
    if (item === 2) throw new Error('2');
  };
  await assert.rejects(forEach([1, 2, 9], 3, work), /^Error: 2$/);
  assert.equal(ended, 3);
});
