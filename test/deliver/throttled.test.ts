import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TriggerNow } from '../../functions/adapters/trigger-store.ts';
import { protocol } from '../support/protocol.ts';
import { record } from '../support/records.ts';

test('a throttled response parks its trigger until the receiver asks for it, and its notification keeps its attempts', async () => {
  const p = await protocol({ receiver: () => ({ status: 429, retryAfter: '7', body: '' }) });
  const one = p.one();
  assert.equal((await p.deliver([p.received(one)])).length, 1, 'it stays in the queue');
  const { state, probeAt, parkedBecause, throttledAt, consecutiveFailures } =
    (await p.triggers.read(['customer.edit'])).get('customer.edit') ?? ({} as Partial<TriggerNow>);
  assert.deepEqual(
    { state, probeAt, parkedBecause, throttledAt, consecutiveFailures },
    {
      state: 'parked',
      probeAt: p.world.now + 7_000,
      parkedBecause: 'HTTP 429',
      throttledAt: p.world.now,
      consecutiveFailures: 0,
    },
  );
  p.world.now += 1_000;
  assert.deepEqual(await p.deliver([p.received(one, 2)]), [], 'it goes to the backlog');
  const [parked] = await p.parked('customer.edit');
  assert.deepEqual([parked?.attempts, parked?.response], [0, 'HTTP 429']);
  assert.equal(p.calls.length, 1);
});

test('ten failures with Retry-After park a trigger, and it is not probed before', async () => {
  const p = await protocol({ receiver: () => ({ status: 500, retryAfter: '900', body: '' }) });
  for (let n = 0; n < 10; n++) await p.deliver([p.received(p.one({ record: record(n) }))]);
  const { state, probeAt } =
    (await p.triggers.read(['customer.edit'])).get('customer.edit') ?? ({} as Partial<TriggerNow>);
  assert.deepEqual([state, probeAt], ['parked', p.world.now + 900_000]);
  const calls = p.calls.length;
  p.world.now += 890_000;
  await p.drain();
  assert.equal(p.calls.length, calls);
});

test('a trigger that is parked because its receiver throttles starts drain once, without waiting for the next minute', async () => {
  const p = await protocol({ receiver: () => ({ status: 429, body: '' }) });
  let starts = 0;
  const startDrain = async () => {
    assert.equal((await p.triggers.read(['customer.edit'])).get('customer.edit')?.state, 'parked', 'after the move');
    starts++;
  };
  const three = [0, 1, 2].map((n) => p.received(p.one({ record: record(n) })));
  assert.equal((await p.deliver(three, { startDrain })).length, 3);
  assert.equal(starts, 1);
  await p.deliver([p.received(p.one({ record: record(4) }))], { startDrain });
  assert.equal(starts, 1, 'it is parked already');
});

test('a receiver that is down does not start drain', async () => {
  const p = await protocol({ receiver: () => ({ status: 503, body: '' }) });
  let starts = 0;
  const startDrain = async () => void starts++;
  for (let n = 0; n < 10; n++) await p.deliver([p.received(p.one({ record: record(n) }))], { startDrain });
  assert.equal((await p.triggers.read(['customer.edit'])).get('customer.edit')?.state, 'parked');
  assert.equal(starts, 0);
});

test('a drain that cannot be started delays nothing else and is logged', async () => {
  const p = await protocol({ receiver: () => ({ status: 429, body: '' }) });
  const startDrain = async () => {
    throw new Error('Lambda responded with HTTP 429.');
  };
  const one = p.one();
  assert.equal((await p.deliver([p.received(one)], { startDrain })).length, 1);
  assert.ok(p.logged.includes('cannot start drain'));
  assert.deepEqual(await p.deliver([p.received(one, 2)], { startDrain }), [], 'it goes to the backlog');
});
