import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../functions/core/notification.ts';
import { type Made, ok, protocol, responded } from '../support/protocol.ts';

const sequences = (calls: readonly Made[]) => calls.map(({ sequence }) => sequence);
const record = (digit: string) => digit.repeat(64);
const HOUR = 3_600_000;

test('a probe takes the first notification of a record, also when that one was put into the backlog again just now', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const [first, second] = [p.one({ sequence: '1' }), p.one({ sequence: '2' })];
  await p.park([second]);
  await p.park([first], 500);
  await p.drain({}, 15_500);
  assert.notEqual(p.calls[0]?.sequence, '2');
  p.world.now += 60_000;
  await p.drain();
  assert.deepEqual(sequences(p.calls), ['1', '2']);
});

test('the order of a record is that of its sequence, also when its times run backwards', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const at = p.world.now - 60_000;
  await p.park([p.one({ sequence: '100', changedAt: at }), p.one({ sequence: '101', changedAt: at - 1_000 })]);
  await p.drain();
  assert.deepEqual(sequences(p.calls), ['100', '101']);
});

test('a probe, too, takes the first of a record by its sequence', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked');
  const at = p.world.now - 60_000;
  await p.park([p.one({ sequence: '100', changedAt: at }), p.one({ sequence: '101', changedAt: at - 1_000 })]);
  await p.drain();
  assert.deepEqual(sequences(p.calls), ['100']);
});

test('a record whose times run backwards over the border of a page keeps its order', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const at = p.world.now - HOUR;
  // 499 of other records, then the later change of ours; its earlier change, with a later time, begins the next page.
  const others = Array.from({ length: 499 }, (_, i) =>
    p.one({ record: i.toString(16).padStart(64, '0'), changedAt: at, sequence: '5' }),
  );
  const ours = [
    p.one({ record: record('f'), sequence: '101', changedAt: at + 1_000 }),
    p.one({ record: record('f'), sequence: '100', changedAt: at + 2_000 }),
  ];
  await p.park([...others, ...ours]);
  await p.drain();
  assert.equal(p.calls.length, 501);
  assert.deepEqual(sequences(p.calls.filter(({ sequence }) => sequence !== '5')), ['100', '101']);
});

test('a backlog of more than two pages from one second is probed and delivered', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const changedAt = p.world.now - HOUR;
  const many = Array.from({ length: 1_200 }, (_, i) =>
    p.one({ record: (i % 400).toString(16).padStart(64, '0'), sequence: String(i), changedAt }),
  );
  await p.park(many);
  await p.drain();
  assert.deepEqual([await p.stateOf(), p.calls.length], ['active', 1_200]);
  for (const own of Map.groupBy(p.calls, ({ sequence }) => Number(sequence) % 400).values())
    assert.deepEqual(
      sequences(own),
      sequences(own).toSorted((a, b) => Number(a) - Number(b)),
    );
});

test('a record over more than one page waits behind its first one that has to', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (sequence === '1' ? responded(500) : ok) });
  await p.state('customer.edit', 'draining');
  const at = p.world.now - HOUR;
  const ours = Array.from({ length: 600 }, (_, i) => p.one({ sequence: String(i + 1), changedAt: at + i * 1_000 }));
  const other = p.one({ record: record('b'), sequence: '9999', changedAt: at + 700_000 });
  await p.park([...ours, other]);
  await p.drain({ retryDelays: [600] }, 15_500);
  assert.deepEqual(new Set(sequences(p.calls)), new Set(['1', '9999']));
  assert.equal((await p.parked()).length, 600);
});

test('drains two backlogs side by side: each by itself, whatever becomes of the other', async () => {
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
  test(`a ${failing} that fails for one trigger leaves the drain of another alone, which gives its lease back`, async () => {
    const p = await protocol({ urls: ['customer.edit', 'task.edit'] });
    for (const trigger of ['customer.edit', 'task.edit'] as const) {
      await p.state(trigger, 'draining');
      await p.park(Array.from({ length: 20 }, (_, i) => p.one({ trigger, record: record(String(i % 10)) })));
    }
    const failed: string[] = [];
    const triggers = new Proxy(p.triggers, {
      get(target, name) {
        const member = Reflect.get(target, name);
        return async (...args: [string]) => {
          if (name === failing && args[0] === 'customer.edit') {
            failed.push(failing);
            throw new Error('throttled');
          }
          return member.apply(target, args);
        };
      },
    });
    await p.drain({ triggers });
    assert.deepEqual(failed, [failing]);
    assert.equal(p.calls.filter(({ trigger }) => trigger === 'task.edit').length, 20);
    assert.equal(await p.stateOf('task.edit'), 'active');
    const now = p.world.now;
    assert.equal(await p.triggers.lease('task.edit', now + 1, now), true, 'nobody else holds the lease');
  });

test('a record whose result cannot be kept stops no other record', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const poison = p.one({ record: record('a') });
  await p.park([
    poison,
    p.one({ record: record('a') }),
    p.one({ record: record('b') }),
    p.one({ record: record('c') }),
  ]);
  const backlog = new Proxy(p.backlog, {
    get(target, name) {
      const member = Reflect.get(target, name);
      return async (...args: [{ notification?: Notification }]) => {
        if (name === 'unpark' && args[0].notification?.id === poison.id) throw new Error('rejected');
        return member.apply(target, args);
      };
    },
  });
  await p.drain({ backlog, concurrency: 1 });
  const delivered = new Set(p.calls.map(({ id }) => id));
  assert.deepEqual([delivered.size, p.calls.length], [3, 3], 'all but the one behind it, each once');
  assert.equal((await p.parked()).length, 2);
});

test('redelivered notifications that fail count as no consecutive failures, in the backlog as in the queue', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (Number(sequence) < 100 ? responded(404) : ok) });
  await p.state('customer.edit', 'draining');
  const redelivered = Array.from({ length: 12 }, (_, i) => ({
    ...p.one({ record: i.toString(16).padStart(64, '0'), sequence: String(i) }),
    redelivered: p.world.now,
  }));
  const others = Array.from({ length: 40 }, (_, i) =>
    p.one({ record: (i + 20).toString(16).padStart(64, '0'), sequence: String(i + 100) }),
  );
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

test('410 ends a pass: nothing else is called, and all stays in the backlog', async () => {
  const p = await protocol({ receiver: () => responded(410) });
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 5 }, (_, i) => p.one({ record: record(String(i)) })));
  await p.drain({ concurrency: 1 });
  assert.deepEqual([p.calls.length, await p.stateOf(), (await p.parked()).length], [1, 'paused', 5]);
});

test('the backlog of a trigger without a URL moves to Failed, and the trigger comes to rest', async () => {
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

test('what is in the queue of a trigger whose URL was cleared moves to Failed for the same reason', async () => {
  const p = await protocol();
  await p.triggers.writeUrl('customer.edit', undefined, p.world.now);
  assert.deepEqual(await p.deliver([p.received(p.one()), p.received(p.one(), 3)]), []);
  const failed = await p.failed();
  assert.deepEqual(
    failed.map(({ reason }) => reason),
    Array(2).fill('no URL is set for customer.edit'),
  );
});

test('a notification that was put into the backlog anew while drain moved it to Failed stays in the backlog', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const one = p.one({ changedAt: p.world.now - 73 * HOUR });
  await p.park([one]);
  const redelivered = { ...one, redelivered: p.world.now };
  const backlog = new Proxy(p.backlog, {
    get(target, name) {
      const member = Reflect.get(target, name);
      return async (...args: unknown[]) => {
        const done = await member.apply(target, args);
        // An admin redelivers it at once, and deliver puts it into the backlog again.
        if (name === 'fail') await p.park([redelivered], 0);
        return done;
      };
    },
  });
  await p.drain({ backlog }, 15_500);
  assert.deepEqual(
    (await p.parked()).map(({ notification }) => notification.redelivered),
    [redelivered.redelivered],
  );
});

test('the result of an attempt is not written over an item that somebody else took away meanwhile', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park([p.one()]);
  p.world.receiver = async () => {
    const [parked] = await p.parked();
    if (parked) await p.backlog.unpark(parked);
    return responded(500);
  };
  await p.drain({}, 15_500);
  assert.deepEqual(await p.parked(), []);
});

test('an item leaves the backlog only after it is in Failed', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'paused');
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR })]);
  const order: string[] = [];
  const backlog = new Proxy(p.backlog, {
    get(target, name) {
      const member = Reflect.get(target, name);
      return async (...args: unknown[]) => {
        const done = await member.apply(target, args);
        await new Promise(setImmediate);
        order.push(String(name));
        return done;
      };
    },
  });
  await p.drain({ backlog });
  assert.deepEqual(
    order.filter((name) => name === 'fail' || name === 'unpark'),
    ['fail', 'unpark'],
  );
  const failing = new Proxy(p.backlog, {
    get: (target, name) =>
      name === 'fail' ? () => Promise.reject(new Error('silent')) : Reflect.get(target, name).bind(target),
  });
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR })]);
  await p.drain({ backlog: failing });
  assert.equal((await p.parked()).length, 1);
});

test('a stored notification that this version cannot read moves to Failed, and the trigger works on', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const unreadable = p.one({ record: record('b') });
  await p.park([unreadable, p.one()]);
  const item = p.dynamodb.items('backlog').find(({ id }) => id?.S === unreadable.id) ?? assert.fail();
  p.dynamodb.put('backlog', { ...item, message: { S: '{"v":99}' } });
  await p.drain();
  const [failed] = await p.failed();
  assert.deepEqual([failed?.id, failed?.sequence], [unreadable.id, unreadable.sequence]);
  assert.match(failed?.reason ?? '', /cannot read the notification/);
  assert.equal(failed?.stored, '{"v":99}', 'a later version can still read it');
  assert.deepEqual([p.calls.length, await p.stateOf()], [1, 'active']);
});

test('a probe that could not be made for an internal reason does not postpone the next one', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  await p.park([p.one()]);
  const secrets = { of: () => Promise.reject(new Error('disabled')) };
  await p.drain({ secrets });
  assert.equal((await p.triggers.read(['customer.edit'])).get('customer.edit')?.probeAt, 0);
});

test('a trigger that fails again is probed after 30 seconds', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 12 }, (_, i) => p.one({ record: i.toString(16).padStart(64, '0') })));
  await p.drain();
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.state, now?.probeAt, now?.probeDelay], ['parked', p.world.now + 30_000, 30_000]);
});

test('an item younger than two seconds is not taken', async () => {
  for (const state of ['parked', 'draining'] as const) {
    const p = await protocol();
    await p.state('customer.edit', state);
    await p.park([p.one()], 1_900);
    await p.drain({}, 15_500);
    const before = p.calls.length;
    assert.equal(before, 0, state);
  }
});

test('the lease outlives the function by 30 seconds', async () => {
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

test('an item of Failed that this version cannot read hides no other', async () => {
  const p = await protocol();
  await p.triggers.writeUrl('customer.edit', undefined, p.world.now);
  const [odd, good] = [p.one(), p.one()];
  await p.deliver([p.received(odd), p.received(good)]);
  const item = p.dynamodb.items('backlog').find(({ id }) => id?.S === odd.id) ?? assert.fail();
  p.dynamodb.put('backlog', { ...item, attempts: { S: 'many' }, message: { S: '{"v":99}' } });
  const failed = await p.failed();
  assert.deepEqual(new Set(failed.map(({ id }) => id)), new Set([odd.id, good.id]));
  assert.equal(failed.find(({ id }) => id === odd.id)?.stored, '{"v":99}');
});

test('a drain whose notifications all wait for their retry looks less and less often', async () => {
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
