import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { waiting, world } from '../support/drain-world.ts';

mock.method(console, 'log', () => {});

test('writes to the delivery log once for each page of a backlog and for each probe', async () => {
  const names = Array.from({ length: 1200 }, (_, i) => `r${i}-0`);
  const w = await world(
    'parked',
    names.map((name) => waiting(name)),
  );
  await w.run(31_000);
  assert.deepEqual([w.now()?.state, w.log.entries.length], ['active', 1200]);
  assert.ok(w.log.writes <= 4, `${w.log.writes} writes for 1,190 in three pages, and a probe`);
  assert.equal(new Set(w.log.entries.map(({ id }) => id)).size, 1200);
});

test('logs failed attempts of a drain with their attempt number', async () => {
  const w = await world('draining', []);
  const tried = { attempts: 2, firstAttempt: 1, response: 'HTTP 500', nextTry: 0 };
  await w.backlog.park([{ ...tried, notification: waiting('r1-0') }], w.clock.now());
  w.response(() => ({ status: 503, body: 'later' }));
  await w.run(3_000);
  assert.partialDeepStrictEqual(w.log.entries[0], {
    attempt: 3,
    outcome: 'failed',
    response: 'HTTP 503',
    body: 'later',
  });
});

test('logs attempts even if a result cannot be stored, and drains even if the log fails', async () => {
  const parked = Array.from({ length: 5 }, (_, i) => waiting(`r${i}-0`));
  const w = await world('draining', parked);
  const unpark = mock.method(w.backlog, 'unpark');
  unpark.mock.mockImplementationOnce(async () => assert.fail('no response'), 2);
  await w.run(3_000);
  assert.equal(w.log.entries.length, 5);
  const failing = await world('draining', parked);
  mock.method(failing.log, 'write', async () => assert.fail('no response'));
  await failing.run(3_000);
  assert.deepEqual([failing.now()?.state, failing.calls.length], ['active', 5]);
});
