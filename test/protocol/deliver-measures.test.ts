import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../functions/core/notification.ts';
import { measured } from '../support/late.ts';
import type { Options, World } from '../support/protocol.ts';
import { fails, protocol } from '../support/protocol.ts';
import { HOUR } from '../support/time.ts';

test('measures attempts, deliveries, retries, failed and parked notifications', async () => {
  const cases: readonly [string, Options, (p: World) => Notification, readonly string[]][] = [
    [
      'delivered',
      {},
      (p) => p.one(),
      ['attempt customer.edit 0', 'delivered customer.edit', 'delay customer.edit 60000', 'written'],
    ],
    [
      'redelivered',
      {},
      (p) => p.one({ redelivered: 1 }),
      ['attempt customer.edit 0', 'delivered customer.edit', 'written'],
    ],
    ['test', {}, (p) => p.one({ test: true }), ['written']],
    ['retried', fails, (p) => p.one(), ['attempt customer.edit 0', 'held customer.edit', 'written']],
    [
      'failed',
      fails,
      (p) => p.one({ changedAt: p.world.now - 73 * HOUR }),
      ['attempt customer.edit 0', 'failed customer.edit', 'written'],
    ],
    [
      'blocked',
      { receiver: () => ({ blocked: 'a private address' }) },
      (p) => p.one(),
      ['attempt customer.edit 0', 'blocked customer.edit', 'written'],
    ],
  ];
  for (const [what, world, make, expected] of cases) {
    const p = await protocol(world);
    const { all, metrics } = measured();
    await p.deliver([p.received(make(p))], { metrics });
    assert.deepEqual(all, expected, what);
  }
  const p = await protocol();
  await p.state('customer.edit', 'paused');
  const { all, metrics } = measured();
  await p.deliver([p.received(p.one())], { metrics });
  assert.deepEqual(all, ['parked customer.edit', 'written']);
});

test('a delay is never negative, even if clocks differ', async () => {
  const p = await protocol();
  const { all, metrics } = measured();
  await p.deliver([p.received(p.one({ changedAt: p.world.now + 3_000 }))], { metrics });
  assert.ok(all.includes('delay customer.edit 0'));
});

test('the delivery log has each attempt with its number, response, time and kind', async () => {
  const p = await protocol({
    receiver: () => {
      p.world.now += 70;
      return { status: 503, body: 'busy' };
    },
  });
  const start = p.world.now;
  const [one, again, sent] = [p.one(), p.one({ redelivered: 5 }), p.one({ test: true })];
  const entries: object[] = [];
  const log = { write: async (some: object[]) => void entries.push(...some) };
  for (const each of [one, again, sent]) await p.deliver([p.received(each)], { log });
  const common = {
    trigger: 'customer.edit',
    attempt: 1,
    outcome: 'failed',
    response: 'HTTP 503',
    milliseconds: 70,
    body: 'busy',
  };
  assert.deepEqual(
    entries,
    [
      { id: one.id, formattedString: one.formattedString },
      { id: again.id, formattedString: again.formattedString, redelivered: true },
      { id: sent.id, formattedString: sent.formattedString, test: true },
    ].map((own, index) => ({ at: start + 70 * index, ...common, ...own })),
  );
});

test('the log entry of a response without a body has no body', async () => {
  const p = await protocol();
  const entries: object[] = [];
  await p.deliver([p.received(p.one())], { log: { write: async (some: object[]) => void entries.push(...some) } });
  assert.equal(entries.length, 1);
  assert.ok(
    !('body' in (entries[0] ?? {})) && !('test' in (entries[0] ?? {})) && !('redelivered' in (entries[0] ?? {})),
  );
});

test('messages are settled even if the log does not respond', async () => {
  const p = await protocol();
  const log = { write: () => Promise.reject(new Error('silent')) };
  assert.deepEqual(await p.deliver([p.received(p.one())], { log }), []);
});
