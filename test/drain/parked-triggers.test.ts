import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { down, ok, waiting, world } from '../support/drain-world.ts';

mock.method(console, 'log', () => {});

test('probes a parked trigger at its time with the first notifications of up to ten records', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `r${i % 20}-${Math.floor(i / 20)}`);
  const w = await world(
    'parked',
    names.map((name) => waiting(name)),
    () => down,
  );
  await w.run(29_000);
  assert.equal(w.calls.length, 0);
  await w.run(2_000);
  assert.equal(w.calls.length, 10);
  assert.ok(w.calls.every((call) => call.endsWith('-0')));
  assert.equal(w.now()?.state, 'parked');
  assert.equal(w.now()?.probeDelay, 60_000, 'the next probe comes after twice the time');
  await w.run(61_000);
  assert.equal(new Set(w.calls).size, 20, 'records not yet tried come first');
});

test('the probe delay is at most an hour', async () => {
  const w = await world('parked', [waiting('r1-0')], () => down);
  for (let i = 0; i < 10; i++) await w.run((w.now()?.probeDelay ?? 0) + 1_000);
  assert.equal(w.now()?.probeDelay, 3_600_000);
});

test('a notification of a new record makes a probe due at once, but not within 30 s of the last one', async () => {
  const w = await world('parked', [waiting('r1-0')], () => down);
  await w.run(31_000);
  await w.run(61_000);
  assert.equal(w.now()?.probeDelay, 120_000);
  await w.backlog.park([{ ...unattempted, notification: waiting('r2-0') }], w.clock.now());
  await w.run(20_000);
  assert.equal(w.calls.length, 2);
  await w.run(12_000);
  assert.ok(w.calls.includes('r2-0'));
  assert.equal(w.now()?.probeDelay, 120_000, 'and the time between the others stays');
});

test('a parked trigger with an empty backlog becomes active when a probe is due', async () => {
  const w = await world('parked', []);
  await w.run(20_000);
  assert.equal(w.now()?.state, 'parked', 'what made it park may still wait for a retry in the queue');
  await w.run(11_000);
  assert.equal(w.now()?.state, 'active');
});

test('one success of a probe drains the backlog', async () => {
  const w = await world(
    'parked',
    ['r1-0', 'r2-0', 'r2-1'].map((name) => waiting(name)),
    (call) => (call === 'r1-0' ? down : ok),
  );
  await w.run(31_000);
  assert.deepEqual(w.calls.slice(0, 3).sort(), ['r1-0', 'r2-0', 'r2-1']);
  assert.equal(w.now()?.state, 'draining');
  assert.ok(w.backlog.parkedItems.size === 1);
});
