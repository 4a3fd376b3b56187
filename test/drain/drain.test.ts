import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { waiting, world } from '../support/drain-world.ts';

mock.method(console, 'log', () => {});

test('delivers a whole backlog, the records in order and at most 50 in parallel; then the trigger is active', async () => {
  const names = Array.from({ length: 1200 }, (_, i) => `r${i % 120}-${Math.floor(i / 120)}`);
  const w = await world(
    'draining',
    names.map((name) => waiting(name)),
  );
  await w.run(3_000);
  assert.deepEqual([...w.calls].sort(), [...names].sort());
  for (let r = 0; r < 120; r++)
    assert.deepEqual(
      w.calls.filter((call) => call.startsWith(`r${r}-`)),
      names.filter((name) => name.startsWith(`r${r}-`)),
    );
  assert.equal(w.most(), 50);
  assert.deepEqual([w.now()?.state, w.now()?.consecutiveFailures, w.backlog.parkedItems.size], ['active', 0, 0]);
});
