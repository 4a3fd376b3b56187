import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { down, ok, waiting, world } from '../support/drain-world.ts';
import { MINUTE } from '../support/time.ts';

const lines = mock.method(console, 'log', () => {});

for (const [after, state] of [
  [29_999, 'parked'],
  [30_000, 'active'],
] as const)
  test(`a trigger with an empty backlog, whose probe is due after 30 s, is ${state} after ${after} ms`, async () => {
    const w = await world('parked', []);
    await w.run(after);
    assert.equal(w.now()?.state, state);
  });

for (const [title, attempts, parkedAfter, runAfter, isProbed] of [
  ['a record that was parked after the last probe is probed 30 s after it', 0, 0, 30_000, true],
  ['not earlier', 0, 0, 29_999, false],
  ['not if it was parked before the last probe', 0, -1, 30_000, false],
  ['not if it was attempted', 1, 0, 30_000, false],
] as const)
  test(`early probe: ${title}`, async () => {
    const w = await world('parked', [waiting('r1-1')], () => down);
    await w.run(30_000);
    const { probeAt = 0, probeDelay = 0 } = w.now() ?? {};
    const lastProbe = probeAt - probeDelay;
    const notification = waiting('r2-1');
    await w.backlog.park([{ ...unattempted, attempts, notification }], lastProbe + parkedAfter);
    await w.run(lastProbe + runAfter - w.clock.now());
    assert.equal(w.calls.includes('r2-1'), isProbed);
  });

test('makes no probe after the URL was cleared', async () => {
  const w = await world('parked', [waiting('r1-1')]);
  const { parked } = w.backlog;
  // While drain reads the backlog.
  mock.method(w.backlog, 'parked', async (...args: Parameters<typeof parked>) => {
    await w.triggers.writeUrl('customer.edit', undefined, 0);
    return parked.apply(w.backlog, args);
  });
  lines.mock.resetCalls();
  await w.run(MINUTE);
  assert.equal(w.calls.length, 0);
  assert.doesNotMatch(lines.mock.calls.map(({ arguments: [line] }) => String(line)).join('\n'), /cannot store/);
});

test('probes no notification that an earlier one of its record can precede on the next page', async () => {
  const changedAt = 1_760_000_000_000;
  const first = Array.from({ length: 499 }, (_, i) => waiting(`r1-${i}`, changedAt - 100_000));
  // The clock of the stream ran back by a second: sorted by time, the second change of record 2 is before its first.
  const w = await world('parked', [...first, waiting('r2-2', changedAt), waiting('r2-1', changedAt + 1_000)], () => ok);
  await w.run(30_000);
  assert.deepEqual([w.calls[0], w.now()?.state], ['r1-0', 'active']);
  assert.deepEqual(
    w.calls.filter((call) => call.startsWith('r2')),
    ['r2-1', 'r2-2'],
  );
});
