import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draining } from '../support/drain-scenes.ts';
import { measured } from '../support/late.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

test('measures deliveries and retries of drain, and the size of a backlog', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (sequence === '1' ? ok : responded(500)) });
  await p.state('customer.edit', 'draining');
  await p.park([p.one({ sequence: '1' }), p.one({ sequence: '2', record: record(2) })]);
  const { all, metrics } = measured();
  await p.drain({ metrics }, 15_500);
  assert.deepEqual(all.filter((one) => one !== 'written').sort(), [
    'attempt customer.edit 0',
    'attempt customer.edit 0',
    'backlog customer.edit 2',
    'delay customer.edit 60000',
    'delivered customer.edit',
    'drained customer.edit',
    'held customer.edit',
    'oldest customer.edit 60',
  ]);
  assert.equal(all.at(-1), 'written');
});

test('measures a trigger as down while it is parked or was paused by 410, and its backlog in every state', async () => {
  for (const [state, pausedBy, isDown] of [
    ['parked', undefined, true],
    ['paused', 'gone', true],
    ['paused', 'admin', false],
    ['finishing', undefined, false],
  ] as const) {
    const p = await protocol();
    if (state === 'paused') await p.triggers.move('customer.edit', 'pause', { pausedBy });
    else await p.state('customer.edit', state, p.world.now + HOUR);
    await p.park([p.one({ changedAt: p.world.now - 90_400 }), p.one({ changedAt: p.world.now - 30_000 })]);
    const { all, metrics } = measured();
    await p.drain({ metrics }, 1_000);
    assert.deepEqual(
      all.filter((one) => one !== 'written'),
      [...(isDown ? ['down customer.edit'] : []), 'backlog customer.edit 2', 'oldest customer.edit 90'],
      `${state} ${pausedBy}`,
    );
    assert.ok(all.includes('written'));
  }
});

test('does not measure an active trigger, the age of an empty backlog, or a negative age', async () => {
  const p = await protocol();
  const { all, metrics } = measured();
  await p.drain({ metrics });
  assert.equal(all.length, 0);
  await p.state('customer.edit', 'paused');
  await p.drain({ metrics });
  assert.deepEqual(
    all.filter((one) => one !== 'written'),
    [],
  );
  await p.park([p.one({ changedAt: p.world.now + 9_000 })]);
  await p.drain({ metrics });
  assert.ok(all.includes('oldest customer.edit 0'));
});

test('drains a backlog that cannot be measured', async () => {
  const p = await protocol();
  await draining(p);
  const backlog = wrapped(p.backlog, { count: () => Promise.reject(new Error('silent')) });
  await p.drain({ backlog });
  assert.deepEqual([p.calls.length, await p.stateOf()], [1, 'active']);
});

test('does not read an empty backlog to measure it', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'paused');
  p.dynamodb.requests.length = 0;
  await p.drain();
  assert.equal(p.dynamodb.requests.filter(({ input }) => input.Limit === 1).length, 0);
});

test('writes what it measured of a trigger that another run drains', async () => {
  const p = await protocol();
  await draining(p);
  assert.equal(await p.triggers.lease('customer.edit', p.world.now + HOUR, p.world.now), true);
  const { all, metrics } = measured();
  await p.drain({ metrics });
  assert.deepEqual(all, ['backlog customer.edit 1', 'oldest customer.edit 60', 'written']);
});
