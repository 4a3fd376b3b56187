import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { waiting, world } from '../support/drain-world.ts';

const lines = mock.method(console, 'log', () => {});

/** The time until the next hour begins. */
const untilTheHour = ({ clock }: Awaited<ReturnType<typeof world>>) => 3_600_000 - (clock.now() % 3_600_000);

test("delivers a leftover item of an active trigger's backlog in the first minute of an hour", async () => {
  const w = await world('active', [waiting('r1-1')]);
  await w.run(untilTheHour(w));
  assert.deepEqual(
    [w.calls, w.now()?.state],
    [[], 'active'],
    'it can still belong to a message that waits for a retry',
  );
  await w.run(untilTheHour(w) - 1);
  assert.deepEqual([w.calls, w.now()?.state], [[], 'active']);
  await w.run(1);
  assert.deepEqual([w.calls, w.now()?.state, w.backlog.parkedItems.size], [['r1-1'], 'active', 0]);
});

test('checks the backlogs of active triggers until the first minute of an hour is over', async () => {
  for (const [late, calls] of [
    [59_999, 1],
    [60_000, 0],
  ] as const) {
    const w = await world('active', [waiting('r1-1')]);
    await w.run(untilTheHour(w) + 3_600_000 + late);
    assert.equal(w.calls.length, calls);
  }
});

test('an item in the backlog of an active trigger counts as left over after 30 minutes', async () => {
  for (const [age, calls] of [
    [1_800_000, 1],
    [1_799_999, 0],
  ] as const) {
    const w = await world('active', []);
    await w.clock.until(() => false, w.clock.now() + untilTheHour(w) + 3_600_000 - age);
    await w.backlog.park([{ ...unattempted, notification: waiting('r1-1') }], w.clock.now());
    await w.run(age);
    assert.equal(w.calls.length, calls);
  }
});

test('a check of an active trigger that fails stops no other drain', async () => {
  const w = await world('active', [waiting('r1-1')]);
  w.backlog.parked = () => Promise.reject(new Error('silent'));
  lines.mock.resetCalls();
  await w.run(untilTheHour(w) + 3_600_000);
  assert.deepEqual([w.calls.length, w.now()?.state], [0, 'active']);
  const [line] = lines.mock.calls.map(({ arguments: [text] }) => JSON.parse(String(text)));
  assert.partialDeepStrictEqual(line, { level: 'error', message: 'drain failed', trigger: 'customer.edit' });
});

test('keeps a trigger active when it checks its backlog and finds it empty', async () => {
  const w = await world('active', []);
  const before = { ...w.now() };
  await w.run(untilTheHour(w));
  assert.deepEqual(w.now(), before);
});
