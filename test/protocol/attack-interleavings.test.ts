import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../functions/core/notification.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { ok, protocol, responded } from '../support/protocol.ts';

const HOUR = 3_600_000;
const record = (digit: string) => digit.repeat(64);

test('a notification that is redelivered by a machine whose clock is behind starts a new life', async (t) => {
  const p = await protocol();
  t.mock.timers.enable({ apis: ['Date'], now: p.world.now });
  const sent: Notification[] = [];
  const deps = {
    backlog: p.backlog,
    triggersTable: p.triggers,
    who: 'ada',
    history: { add: async () => {} },
    queue: { send: async (some: readonly Notification[]) => void sent.push(...some) },
  } as unknown as OperationDeps;
  // It was redelivered before, by a machine whose clock is two minutes ahead, failed twice and left its mark.
  const earlier = p.one({ redelivered: p.world.now + 120_000 });
  const { id, trigger, sequence, changedAt } = earlier;
  const why = { reason: 'no URL is set for customer.edit', attempts: 1, failedAt: p.world.now };
  await p.backlog.fail({ id, trigger, sequence, changedAt, record: earlier.record, notification: earlier, ...why });
  await p.backlog.release(earlier, p.world.now);
  await redeliver(deps, await failed(deps, {}));
  const [again] = sent;
  assert.ok(again);
  assert.deepEqual(await p.deliver([p.received(again, 2)]), []);
  assert.deepEqual(
    p.calls.map((call) => call.id),
    [id],
  );
});

test('what can be read of a stored notification that this version cannot read is kept in Failed', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const one = p.one();
  await p.park([one]);
  const [item] = p.dynamodb.items('backlog');
  p.dynamodb.put('backlog', { ...item, message: { S: '{"v":99,"of":"a later version"}' } });
  await p.drain();
  assert.deepEqual(
    p.dynamodb.items('backlog').map(({ list, message }) => [list?.S, message?.S]),
    [['customer.edit#failed', '{"v":99,"of":"a later version"}']],
  );
});

test('an item that was put into the backlog anew stays there, though the one before it could not be read', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const one = p.one();
  await p.park([one]);
  const [item] = p.dynamodb.items('backlog');
  p.dynamodb.put('backlog', { ...item, message: { S: '{"v":99}' } });
  const backlog = new Proxy(p.backlog, {
    get(target, name) {
      const member = Reflect.get(target, name);
      return async (...args: unknown[]) => {
        const done = await member.apply(target, args);
        if (name === 'fail') await p.park([one], 0);
        return done;
      };
    },
  });
  await p.drain({ backlog }, 15_500);
  assert.equal((await p.parked()).length, 1);
});

test('what went to its own backlog is not counted as waiting behind another of its record', async () => {
  const p = await protocol({ receiver: () => responded(500), urls: ['task.edit', 'task.delete'] });
  await p.state('task.delete', 'paused');
  const head = p.received(p.one({ trigger: 'task.edit' }));
  const parked = p.received(p.one({ trigger: 'task.delete' }));
  assert.deepEqual(await p.deliver([head, parked]), [head.messageId]);
  const counts = await p.backlog.retryCounts();
  assert.deepEqual([counts.get('task.edit')?.waiting, counts.get('task.delete')?.behind], [1, 0]);
  assert.equal(await p.backlog.count('task.delete', 'parked'), 1);
});

test('a URL that is set while a probe of the one before runs is tried at once', async () => {
  const p = await protocol();
  await p.triggers.move('customer.edit', 'park', { probeAt: 0, probeDelay: HOUR, parkedBecause: 'HTTP 500' });
  await p.park([p.one()]);
  p.world.receiver = async ({ url }) => {
    if (url.startsWith('https://right.example/')) return ok;
    // Drain is woken as well, and another run of it finds that this one has the lease.
    await p.triggers.writeUrl('customer.edit', 'https://right.example/', p.world.now);
    return responded(500);
  };
  await p.drain();
  assert.deepEqual([p.calls.length, await p.stateOf()], [2, 'active']);
});

test('a trigger that is paused while the head of its backlog moves to Failed is not probed', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR }), p.one({ record: record('b') })]);
  const backlog = new Proxy(p.backlog, {
    get(target, name) {
      const member = Reflect.get(target, name);
      return async (...args: unknown[]) => {
        if (name === 'fail') {
          p.world.now += 20_000;
          await p.triggers.move('customer.edit', 'pause', { pausedBy: 'admin' });
        }
        return member.apply(target, args);
      };
    },
  });
  await p.drain({ backlog });
  assert.equal(p.calls.length, 0);
});

test('secrets that cannot be read for a moment end the run, not five minutes of it', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 5 }, (_, i) => p.one({ record: record(String(i)) })));
  let silent = true;
  const secrets = {
    of: async () => {
      if (silent) throw new Error('throttled');
      return p.deps.secrets.of('customer.edit');
    },
  };
  const start = p.world.now;
  await p.drain({ secrets });
  assert.ok(p.world.now - start < 10_000, `${p.world.now - start} ms`);
  silent = false;
  await p.drain({ secrets });
  assert.equal(p.calls.length, 5);
});

test('a long backlog from one second is read on only when a probe is due', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.triggers.move('customer.edit', 'park', {
    probeAt: p.world.now + 50 * 60_000,
    probeDelay: HOUR,
    parkedBecause: 'HTTP 500',
  });
  const changedAt = p.world.now - HOUR;
  const many = Array.from({ length: 2_600 }, (_, i) =>
    p.one({ record: i.toString(16).padStart(64, '0'), sequence: String(i), changedAt }),
  );
  await p.park(many, HOUR);
  p.dynamodb.requests.length = 0;
  await p.drain();
  const pages = p.dynamodb.requests.filter(({ name, input }) => name === 'Query' && input.Limit === 500);
  assert.deepEqual([p.calls.length, pages.length], [0, 1]);
});

test('a notification that one function puts into the backlog while another delivers it does not stay there', async () => {
  const p = await protocol();
  const one = p.one();
  const late = p.received(one, 1, 359_000);
  const second = p.received(one, 2, 361_000);
  // One function read its trigger while it was draining, and the other when it was active again.
  await p.state('customer.edit', 'draining');
  let delivered = false;
  const backlog = new Proxy(p.backlog, {
    get(target, name) {
      const member = Reflect.get(target, name);
      return async (...args: unknown[]) => {
        if (name === 'park' && !delivered) {
          delivered = true;
          await p.triggers.move('customer.edit', 'finish');
          await p.triggers.move('customer.edit', 'activate');
          assert.deepEqual(await p.deliver([second]), []);
        }
        return member.apply(target, args);
      };
    },
  });
  await p.deliver([late], { backlog });
  assert.deepEqual([p.calls.length, (await p.parked()).length], [1, 0]);
});

test('an old notification that cannot be moved to Failed stops no other of its backlog', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const old = p.one({ changedAt: p.world.now - 73 * HOUR, record: record('a') });
  await p.park([old, p.one({ record: record('b') })]);
  const backlog = new Proxy(p.backlog, {
    get(target, name) {
      const member = Reflect.get(target, name);
      return async (...args: { id?: string }[]) => {
        if (name === 'fail' && args[0]?.id === old.id) throw new Error('the item is too large');
        return member.apply(target, args);
      };
    },
  });
  await p.drain({ backlog });
  assert.deepEqual([p.calls.length, (await p.parked()).map(({ notification }) => notification.id)], [1, [old.id]]);
});

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

test('a run ends when the table keeps no result: not every notification of a backlog is called in vain each minute', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 300 }, (_, i) => p.one({ record: i.toString(16).padStart(64, '0') })));
  const backlog = new Proxy(p.backlog, {
    get: (target, name) =>
      name === 'unpark' ? () => Promise.reject(new Error('throttled')) : Reflect.get(target, name).bind(target),
  });
  await p.drain({ backlog, concurrency: 10 });
  assert.ok(p.calls.length < 20, `${p.calls.length} calls`);
  assert.equal(await p.stateOf(), 'draining');
  await p.drain({ concurrency: 10 });
  assert.equal(await p.stateOf(), 'active');
});

test('a URL can be cleared while the backlog cannot be counted', async () => {
  const world = adminWorld();
  await set(world.deps, 'task.edit', 'https://example.com/');
  const backlog = new Proxy(world.backlog, {
    get: (target, name) =>
      name === 'count' ? () => Promise.reject(new Error('throttled')) : Reflect.get(target, name).bind(target),
  });
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
