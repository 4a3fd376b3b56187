import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protocol } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';

test('the backlog of a trigger without a URL moves to Failed, and the trigger becomes active', async () => {
  for (const state of ['parked', 'draining', 'paused'] as const) {
    const p = await protocol();
    await p.state('customer.edit', state);
    await p.park([p.one(), p.one(), p.one({ record: record('b') })]);
    await p.triggers.writeUrl('customer.edit', undefined, p.world.now);
    await p.drain();
    assert.equal(p.calls.length, 0);
    const failed = await p.failed();
    assert.deepEqual(new Set(failed.map(({ reason }) => reason)), new Set(['no URL is set for customer.edit']));
    assert.deepEqual([failed.length, (await p.parked()).length], [3, 0]);
    p.world.now += HOUR;
    await p.drain();
    assert.equal(await p.stateOf(), state === 'paused' ? 'paused' : 'active');
  }
});

test('queued notifications of a trigger whose URL was cleared move to Failed for the same reason', async () => {
  const p = await protocol();
  await p.triggers.writeUrl('customer.edit', undefined, p.world.now);
  assert.deepEqual(await p.deliver([p.received(p.one()), p.received(p.one(), 3)]), []);
  const failed = await p.failed();
  assert.deepEqual(
    failed.map(({ reason }) => reason),
    Array(2).fill('no URL is set for customer.edit'),
  );
});
