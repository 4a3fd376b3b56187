import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { allEnded } from '../../functions/core/all-ended.ts';

test('returns all results in their order', async () => {
  assert.deepEqual(await allEnded([turn(1), Promise.resolve('b')]), [1, 'b']);
  assert.deepEqual(await allEnded([]), []);
});

test('throws the first error only after all promises have ended', async () => {
  let ended = false;
  const slow = turn()
    .then(() => turn())
    .then(() => {
      ended = true;
    });
  const failing = [Promise.reject(new Error('first')), slow, Promise.reject(new Error('second'))];
  await assert.rejects(allEnded(failing), /first/);
  assert.equal(ended, true);
});
