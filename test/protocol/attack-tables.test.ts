import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clear, set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { wrapped } from '../support/wrapped.ts';

test('an item of the triggers table that a later version wrote harms no other trigger', async () => {
  const p = await protocol({ urls: ['customer.edit', 'task.edit'] });
  const item = p.dynamodb.items('triggers').find(({ trigger }) => trigger?.S === 'task.edit') ?? assert.fail();
  p.dynamodb.put('triggers', {
    ...item,
    state: { S: 'paused' },
    pausedBy: { S: 'schedule' },
    consecutiveFailures: { S: 'many' },
  });
  await p.state('customer.edit', 'draining');
  await p.park([p.one()]);
  await p.drain();
  assert.deepEqual([p.calls.length, await p.stateOf(), await p.stateOf('task.edit')], [1, 'active', 'paused']);
});

test('a URL can be cleared while the backlog cannot be counted', async () => {
  const world = adminWorld();
  await set(world.deps, 'task.edit', 'https://example.com/');
  const backlog = wrapped(world.backlog, { count: () => Promise.reject(new Error('throttled')) });
  assert.equal(await clear({ ...world.deps, backlog }, 'task.edit'), 0);
  assert.equal((await world.triggersTable.read(['task.edit'])).get('task.edit')?.url, undefined);
});

for (const only of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
  for (const applied of [false, true])
    test(`request ${only} to DynamoDB fails${applied ? ' after it took effect' : ''}: nothing is lost`, async () => {
      let count = Number.NEGATIVE_INFINITY;
      const p = await protocol({
        urls: ['customer.edit', 'task.edit'],
        retryDelays: [5],
        around: async (_, effect) => {
          count++;
          if (count === only && !applied) throw new Error('throttled');
          const response = effect();
          if (count === only) throw new Error('no response');
          return response;
        },
      });
      let fails = true;
      p.world.receiver = () => (fails ? responded(500) : ok);
      const ones = [
        p.one({ sequence: '1' }),
        p.one({ sequence: '2', trigger: 'task.edit' }),
        p.one({ sequence: '3', record: record('b') }),
      ];
      let queue = ones;
      count = 0;
      for (let round = 1; round < 12; round++) {
        const messages = queue.map((one) => p.received(one, round));
        const kept = new Set(await p.deliver(messages));
        queue = queue.filter((_, i) => kept.has(messages[i]?.messageId ?? ''));
        if (round === 5) fails = false;
        p.world.now += 61_000;
        // It rejects when it cannot read the triggers; its schedule runs it again.
        await p.drain().catch(() => {});
        p.world.now += 300_000;
      }
      const arrived = new Set(p.calls.map(({ id }) => id));
      const inFailed = [...(await p.failed()), ...(await p.failed('task.edit'))];
      for (const { id } of ones) assert.ok(arrived.has(id) || inFailed.some((f) => f.id === id), id);
      assert.deepEqual(queue, []);
      for (const trigger of ['customer.edit', 'task.edit'] as const)
        assert.deepEqual([(await p.parked(trigger)).length, await p.backlog.count(trigger, 'held')], [0, 0]);
    });
