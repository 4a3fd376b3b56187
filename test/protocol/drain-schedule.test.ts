import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';

test('probes a trigger that failed again after 30 seconds', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 12 }, (_, i) => p.one({ record: record(i) })));
  await p.drain();
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.state, now?.probeAt, now?.probeDelay], ['parked', p.world.now + 30_000, 30_000]);
});

test('does not attempt an item younger than two seconds', async () => {
  for (const state of ['parked', 'draining'] as const) {
    const p = await protocol();
    await p.state('customer.edit', state);
    await p.park([p.one()], 1_900);
    await p.drain({}, 15_500);
    const before = p.calls.length;
    assert.equal(before, 0, state);
  }
});

test('the lease ends 30 seconds after the function', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park([p.one()]);
  const start = p.world.now;
  const taken: boolean[] = [];
  p.world.receiver = async () => {
    taken.push(await p.triggers.lease('customer.edit', start + 400_000, start + 329_999));
    return ok;
  };
  await p.drain();
  assert.deepEqual(taken, [false]);
});

test('a drain waits longer and longer if all notifications wait for a retry', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'draining');
  await p.park([p.one()]);
  const pauses: number[] = [];
  await p.drain({
    retryDelays: [900],
    sleep: async (milliseconds: number) => {
      pauses.push(milliseconds);
      p.world.now += milliseconds;
    },
  });
  assert.deepEqual(pauses.slice(0, 6), [1_000, 2_000, 4_000, 8_000, 16_000, 16_000]);
  assert.ok(pauses.length < 25, `${pauses.length} looks in five minutes`);
});
