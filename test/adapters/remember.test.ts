import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remember } from '../../functions/adapters/remember.ts';

test('caches a read for its time, then reads again', async () => {
  let now = 0;
  let reads = 0;
  const read = remember(
    async () => ++reads,
    5_000,
    () => now,
  );
  assert.equal(await read(), 1);
  now = 4_999;
  assert.equal(await read(), 1);
  now = 5_000;
  assert.equal(await read(), 2);
});

test('the time starts before the read', async () => {
  let now = 0;
  let reads = 0;
  const slow = async () => {
    now += 4_000;
    return ++reads;
  };
  const read = remember(slow, 5_000, () => now);
  assert.equal(await read(), 1);
  now = 5_000;
  assert.equal(await read(), 2);
});

test('does not cache a failed read', async () => {
  let reads = 0;
  const read = remember(
    async () => {
      if (++reads === 1) throw new Error('no response');
      return reads;
    },
    5_000,
    () => 0,
  );
  await assert.rejects(read());
  assert.equal(await read(), 2);
});
