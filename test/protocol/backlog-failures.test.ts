import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';

test('failed attempts of redelivered notifications do not count as consecutive failures, in backlog and queue', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (Number(sequence) < 100 ? responded(404) : ok) });
  await p.state('customer.edit', 'draining');
  const redelivered = Array.from({ length: 12 }, (_, i) => ({
    ...p.one({ record: record(i), sequence: String(i) }),
    redelivered: p.world.now,
  }));
  const others = Array.from({ length: 40 }, (_, i) => p.one({ record: record(i + 20), sequence: String(i + 100) }));
  await p.park([...redelivered, ...others]);
  for (let minutes = 0; minutes < 30 && (await p.stateOf()) !== 'active'; minutes++) {
    await p.drain({}, 30_000);
    assert.notEqual(await p.stateOf(), 'parked');
    p.world.now += 60_000;
  }
  assert.equal(await p.stateOf(), 'active');
  assert.equal((await p.failed()).length, 12);
  assert.equal(p.calls.filter(({ sequence }) => Number(sequence) >= 100).length, 40);
});

test('410 to a notification that is too old pauses its trigger and moves it to Failed, from the queue and from the backlog', async () => {
  const p = await protocol({ receiver: () => responded(410) });
  const old = { changedAt: p.world.now - 71.9 * HOUR };
  p.world.receiver = () => {
    p.world.now += HOUR;
    return responded(410);
  };
  await p.deliver([p.received(p.one(old))]);
  assert.deepEqual([await p.stateOf(), (await p.failed()).length], ['paused', 1]);
  await p.triggers.move('customer.edit', 'resume');
  await p.park([p.one({ changedAt: p.world.now - 71.9 * HOUR })]);
  await p.drain();
  assert.deepEqual([await p.stateOf(), (await p.failed()).length], ['paused', 2]);
});

test('410 ends a pass: no more calls are made, and the backlog stays', async () => {
  const p = await protocol({ receiver: () => responded(410) });
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 5 }, (_, i) => p.one({ record: record(String(i)) })));
  await p.drain({ concurrency: 1 });
  assert.deepEqual([p.calls.length, await p.stateOf(), (await p.parked()).length], [1, 'paused', 5]);
});
