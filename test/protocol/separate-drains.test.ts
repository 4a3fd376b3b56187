import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Parked } from '../../functions/adapters/backlog-items.ts';
import { protocol } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { wrapped } from '../support/wrapped.ts';

test('drains two backlogs in parallel and independently', async () => {
  const p = await protocol({ urls: ['customer.edit', 'task.edit'] });
  for (const trigger of ['customer.edit', 'task.edit'] as const) {
    await p.state(trigger, 'draining');
    await p.park([p.one({ trigger }), p.one({ trigger })]);
  }
  await p.drain();
  assert.deepEqual([p.calls.filter(({ trigger }) => trigger === 'customer.edit').length, p.calls.length], [2, 4]);
  assert.deepEqual([await p.stateOf('customer.edit'), await p.stateOf('task.edit')], ['active', 'active']);
});

for (const failing of ['lease', 'giveBack'] as const)
  test(`a ${failing} that fails for one trigger does not affect the drain of another, which returns its lease`, async () => {
    const p = await protocol({ urls: ['customer.edit', 'task.edit'] });
    for (const trigger of ['customer.edit', 'task.edit'] as const) {
      await p.state(trigger, 'draining');
      await p.park(Array.from({ length: 20 }, (_, i) => p.one({ trigger, record: record(String(i % 10)) })));
    }
    const failed: string[] = [];
    const triggers = wrapped(p.triggers, {
      async [failing](call: () => Promise<unknown>, trigger: string) {
        if (trigger !== 'customer.edit') return call();
        failed.push(failing);
        throw new Error('throttled');
      },
    });
    await p.drain({ triggers });
    assert.deepEqual(failed, [failing]);
    assert.equal(p.calls.filter(({ trigger }) => trigger === 'task.edit').length, 20);
    assert.equal(await p.stateOf('task.edit'), 'active');
    const now = p.world.now;
    assert.equal(await p.triggers.lease('task.edit', now + 1, now), true, 'nobody else holds the lease');
  });

test('a record whose result cannot be stored does not stop the others', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const poison = p.one({ record: record('a') });
  await p.park([
    poison,
    p.one({ record: record('a') }),
    p.one({ record: record('b') }),
    p.one({ record: record('c') }),
  ]);
  const backlog = wrapped(p.backlog, {
    async unpark(call, { notification }: Parked) {
      if (notification.id === poison.id) throw new Error('rejected');
      return call();
    },
  });
  await p.drain({ backlog, concurrency: 1 });
  const delivered = new Set(p.calls.map(({ id }) => id));
  assert.deepEqual([delivered.size, p.calls.length], [3, 3], 'all but the one behind it, each once');
  assert.equal((await p.parked()).length, 2);
});
