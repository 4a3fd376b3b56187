import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { down, ok, waiting, world } from '../support/drain-world.ts';

mock.method(console, 'log', () => {});

test('a notification that a healthy receiver rejects moves to Failed after its attempts, and later ones are delivered', async () => {
  const rejected = waiting('r1-0');
  const w = await world('draining', [rejected, waiting('r1-1'), waiting('r2-0')], (call) =>
    call === 'r1-0' ? { status: 400, body: '' } : ok,
  );
  for (let minutes = 0; minutes < 30 && w.now()?.state !== 'active'; minutes += 5) await w.run(3_000);
  assert.equal(w.now()?.state, 'active');
  assert.equal(w.calls.filter((call) => call === 'r1-0').length, 5);
  assert.partialDeepStrictEqual(
    [...w.backlog.failedItems.values()],
    [{ id: rejected.id, reason: 'HTTP 400', attempts: 5 }],
  );
  assert.equal(w.calls.at(-1), 'r1-1');
});

test('parks a trigger again and stops if all attempts fail', async () => {
  const w = await world(
    'draining',
    Array.from({ length: 200 }, (_, i) => waiting(`r${i}-0`)),
    () => down,
  );
  await w.run(3_000);
  assert.equal(w.now()?.state, 'parked');
  assert.ok(w.calls.length < 100, `${w.calls.length} calls`);
  assert.equal(w.backlog.parkedItems.size, 200);
});

test('a parked trigger stores the response to its latest probe', async () => {
  const w = await world('parked', [waiting('r1-0')], () => down);
  await w.run(31_000);
  assert.equal(w.now()?.parkedBecause, 'HTTP 503');
});
