import assert from 'node:assert/strict';
import { test } from 'node:test';
import { late, measured } from '../support/late.ts';
import { ok, protocol, responded } from '../support/protocol.ts';

type World = Awaited<ReturnType<typeof protocol>>;

const HOUR = 3_600_000;
const record = (n: number) => n.toString(16).padStart(64, '0');

interface Case {
  readonly store: 'backlog' | 'triggers' | 'log';
  readonly method: string;
  readonly status?: number;
  readonly prepare: (p: World) => Promise<unknown>;
}

const draining = async (p: World) => {
  await p.state('customer.edit', 'draining');
  await p.park([p.one()]);
};
const parked = async (p: World) => {
  await p.state('customer.edit', 'parked');
  await p.park([p.one()]);
};

const cases: Readonly<Record<string, Case>> = {
  'a delivered item being taken out': { store: 'backlog', method: 'unpark', prepare: draining },
  'the result of a failed attempt being kept': {
    store: 'backlog',
    method: 'keepParked',
    status: 500,
    prepare: draining,
  },
  'the move to Failed of what is too old': {
    store: 'backlog',
    method: 'fail',
    prepare: async (p) => {
      await p.state('customer.edit', 'draining');
      await p.park([p.one({ changedAt: p.world.now - 73 * HOUR })]);
    },
  },
  'the move to Failed of what is rejected for the last time': {
    store: 'backlog',
    method: 'fail',
    status: 404,
    prepare: async (p) => {
      await p.state('customer.edit', 'draining');
      await p.backlog.park(
        [
          {
            notification: p.one({ redelivered: p.world.now }),
            attempts: 9,
            firstAttempt: 1,
            response: 'x',
            nextTry: 0,
          },
        ],
        p.world.now - 60_000,
      );
    },
  },
  'the pause after 410': { store: 'triggers', method: 'move', status: 410, prepare: draining },
  'the return to active': { store: 'triggers', method: 'move', prepare: draining },
  'the success being noted': { store: 'triggers', method: 'clearFailures', prepare: draining },
  'the next probe being set': { store: 'triggers', method: 'postponeProbe', status: 500, prepare: parked },
  'its lease being given back': { store: 'triggers', method: 'giveBack', prepare: draining },
  'the delivery log': { store: 'log', method: 'write', prepare: draining },
};

for (const [what, { store, method, status = 200, prepare }] of Object.entries(cases))
  test(`drain does not end before ${what} has ended`, async () => {
    const p = await protocol();
    p.world.receiver = () => {
      // A drain that calls again and again comes to its end.
      p.world.now += 1_000;
      return responded(status);
    };
    await prepare(p);
    const { slow, pending, events } = late<object>(p.deps[store], [method]);
    await p.drain({ [store]: slow }, 20_000);
    assert.deepEqual([...pending], []);
    assert.ok(events.length > 0, `${method} was called`);
  });

test('an item is in Failed before it leaves the backlog', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR })]);
  const { slow, events } = late(p.backlog, ['fail', 'unpark']);
  await p.drain({ backlog: slow });
  assert.deepEqual(events, ['fail begins', 'fail ends', 'unpark begins', 'unpark ends']);
});

test('an item that cannot be read is in Failed before it is deleted, and deleted before drain goes on', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const one = p.one();
  await p.park([one]);
  const [item] = p.dynamodb.items('backlog');
  p.dynamodb.put('backlog', { ...item, message: { S: '{"v":99}' } });
  const { slow, pending, events } = late(p.backlog, ['fail', 'dropUnreadable']);
  await p.drain({ backlog: slow });
  assert.equal(pending.size, 0);
  assert.deepEqual(events, ['fail begins', 'fail ends', 'dropUnreadable begins', 'dropUnreadable ends']);
});

test('the next notification of a record is attempted when the result of the one before is kept', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const { slow, pending } = late(p.backlog, ['unpark']);
  p.world.receiver = () => {
    assert.equal(pending.size, 0);
    return ok;
  };
  await p.park([p.one({ sequence: '1' }), p.one({ sequence: '2' })]);
  await p.drain({ backlog: slow });
  assert.equal(p.calls.length, 2);
});

test('measures what drain delivers and keeps, and what a backlog holds', async () => {
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

test('measures nothing of an active trigger, no oldest of an empty backlog, and no negative age', async () => {
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

test('a backlog that cannot be measured is drained all the same', async () => {
  const p = await protocol();
  await draining(p);
  const backlog = new Proxy(p.backlog, {
    get: (target, name) =>
      name === 'count' ? () => Promise.reject(new Error('silent')) : Reflect.get(target, name).bind(target),
  });
  await p.drain({ backlog });
  assert.deepEqual([p.calls.length, await p.stateOf()], [1, 'active']);
});

test('an attempt needs its own time and five seconds more', async () => {
  for (const [limit, calls] of [
    [14_999, 0],
    [15_000, 1],
  ] as const) {
    const p = await protocol();
    await draining(p);
    await p.drain({}, limit);
    assert.equal(p.calls.length, calls);
  }
});

test('a trigger that is being drained by another function is left alone', async () => {
  const p = await protocol();
  await draining(p);
  assert.equal(await p.triggers.lease('customer.edit', p.world.now + HOUR, p.world.now), true);
  await p.drain();
  assert.equal(p.calls.length, 0);
});

test('a pass stops at ten consecutive failures and parks its trigger with the latest response', async () => {
  const p = await protocol({ receiver: () => responded(502) });
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 30 }, (_, i) => p.one({ record: record(i) })));
  await p.drain({ concurrency: 1 });
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([p.calls.length, now?.state, now?.parkedBecause], [10, 'parked', 'HTTP 502']);
});

test('a success between failures begins their count anew', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (sequence === '9' ? ok : responded(500)) });
  await p.state('customer.edit', 'draining');
  await p.park(
    Array.from({ length: 18 }, (_, i) =>
      p.one({ record: record(i), sequence: String(i), changedAt: p.world.now - 60_000 + i }),
    ),
  );
  await p.drain({ concurrency: 1 }, 15_500);
  assert.deepEqual([p.calls.length, await p.stateOf()], [18, 'draining']);
});

test('what a probe is responded postpones the next one and is shown', async () => {
  const p = await protocol({ receiver: () => responded(503) });
  await parked(p);
  await p.drain();
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.probeAt, now?.probeDelay, now?.parkedBecause], [p.world.now + 60_000, 60_000, 'HTTP 503']);
});

test('a paused trigger is left as it is', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'paused');
  await p.park([p.one()]);
  await p.drain();
  assert.deepEqual([p.calls.length, await p.stateOf(), (await p.parked()).length], [0, 'paused', 1]);
});

test('what was never attempted moves to Failed with that reason, and with the response when it was', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const old = { changedAt: p.world.now - 73 * HOUR };
  await p.backlog.park(
    [
      { notification: p.one(old), attempts: 0, firstAttempt: 0, response: '', nextTry: 0 },
      {
        notification: p.one({ ...old, record: record(2) }),
        attempts: 4,
        firstAttempt: 1,
        response: 'HTTP 500',
        nextTry: 0,
      },
    ],
    p.world.now - 60_000,
  );
  await p.drain();
  assert.deepEqual(
    new Map((await p.failed()).map(({ reason, attempts }) => [reason, attempts])),
    new Map([
      ['never attempted', 0],
      ['HTTP 500', 4],
    ]),
  );
});

test('a retry in a backlog waits for its time, and keeps its attempts and first attempt', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'draining');
  const notification = p.one();
  await p.backlog.park(
    [{ notification, attempts: 2, firstAttempt: 77, response: 'x', nextTry: p.world.now + 5_000 }],
    p.world.now - 60_000,
  );
  await p.drain({}, 15_000);
  assert.equal(p.calls.length, 0);
  p.world.now += 5_000;
  const at = p.world.now;
  await p.drain({ retryDelays: [5, 30, 120, 600], random: () => 0.5 }, 15_000);
  const [kept] = await p.parked();
  assert.deepEqual([p.calls[0]?.attempt, kept?.attempts, kept?.firstAttempt, kept?.response], [3, 3, 77, 'HTTP 500']);
  assert.ok((kept?.nextTry ?? 0) >= at + 60_000 && (kept?.nextTry ?? 0) <= at + 180_000);
});

/** Counts the calls of a method, and does something before one of them. */
function counting<Target extends object>(target: Target, method: string, before: (call: number) => Promise<unknown>) {
  const made = { calls: 0 };
  const counted = new Proxy(target, {
    get(of, name) {
      const member = Reflect.get(of, name);
      if (typeof member !== 'function') return member;
      if (name !== method) return member.bind(of);
      return async (...args: unknown[]) => {
        await before(++made.calls);
        return member.apply(of, args);
      };
    },
  });
  return { made, counted };
}

const looksAt = (p: World) =>
  p.dynamodb.requests.filter(({ name, input }) => name === 'Query' && input.Limit === 500).length;

test('a trigger that became active before its lease was taken is left alone', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'finishing');
  const { counted } = counting(p.triggers, 'lease', () => p.triggers.move('customer.edit', 'activate'));
  await p.drain({ triggers: counted });
  assert.deepEqual(p.logged, []);
  assert.equal(looksAt(p), 0);
});

for (const state of ['parked', 'draining'] as const)
  test(`a URL that is set while the backlog of a ${state} trigger without one is read keeps it there`, async () => {
    const p = await protocol({ urls: [] });
    await p.state('customer.edit', state);
    await p.park([p.one()]);
    const set = (call: number) =>
      call === 3
        ? p.triggers.writeUrl('customer.edit', 'https://receiver.example/new', p.world.now)
        : Promise.resolve();
    const { counted } = counting(p.triggers, 'read', set);
    await p.drain({ triggers: counted });
    assert.equal((await p.failed()).length, 0);
    await p.drain();
    assert.deepEqual([p.calls.map(({ url }) => new URL(url).pathname), await p.stateOf()], [['/new'], 'active']);
    assert.ok(!p.logged.includes('drain failed'));
  });

test('a URL that is cleared during a pass is called no more', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park([p.one(), p.one({ record: record(2) })]);
  p.world.receiver = async () => {
    await p.triggers.writeUrl('customer.edit', undefined, p.world.now);
    p.world.now += 1_000;
    return ok;
  };
  await p.drain({ concurrency: 1 });
  assert.deepEqual([p.calls.length, (await p.failed()).length, (await p.parked()).length], [1, 1, 0]);
});

test('a probe is due at its very time, also when there is nothing to probe with', async () => {
  const empty = await protocol();
  await empty.state('customer.edit', 'parked', empty.world.now);
  await empty.drain();
  assert.equal(await empty.stateOf(), 'active');
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked', p.world.now);
  await p.park([p.one()]);
  const { made, counted } = counting(p.triggers, 'read', async () => {});
  await p.drain({ triggers: counted });
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([p.calls.length, now?.probeDelay], [1, 60_000]);
  assert.equal(made.calls, 3, 'and the run ends with it: its two looks, and the one before the call');
});

for (const state of ['parked', 'draining'] as const)
  test(`an item of a ${state} trigger that is two seconds old, and whose time has come, is taken`, async () => {
    const p = await protocol();
    await p.state('customer.edit', state);
    await p.backlog.park(
      [{ notification: p.one(), attempts: 1, firstAttempt: 5, response: 'x', nextTry: p.world.now }],
      p.world.now - 2_000,
    );
    await p.drain({}, 15_500);
    assert.equal(p.calls.length, 1);
  });

test('the success of a probe is noted, its metrics and its log are written', async () => {
  const p = await protocol();
  await parked(p);
  const { all, metrics } = measured();
  const entries: object[] = [];
  await p.drain({ metrics, log: { write: async (some: object[]) => void entries.push(...some) } });
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.state, now?.lastSuccess, entries.length], ['active', p.world.now, 1]);
  assert.ok(all.lastIndexOf('written') > all.indexOf('drained customer.edit'));
});

test('a probe of a backlog that is longer than the time that can run back reads one page', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked');
  const at = p.world.now - HOUR;
  await p.park(Array.from({ length: 600 }, (_, i) => p.one({ record: record(i), changedAt: at + i * 1_000 })));
  p.dynamodb.requests.length = 0;
  await p.drain();
  assert.deepEqual([p.calls.length, looksAt(p)], [10, 1]);
});

test('a probe knows the first of a record when an earlier change stands on the next page', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked');
  const at = p.world.now - HOUR;
  const others = Array.from({ length: 499 }, (_, i) => ({
    ...{ notification: p.one({ record: record(i), changedAt: at, sequence: '5' }) },
    ...{ attempts: 1, firstAttempt: 1, response: 'x', nextTry: 0 },
  }));
  await p.backlog.park(others, p.world.now - 60_000);
  await p.park([
    p.one({ record: 'f'.repeat(64), sequence: '101', changedAt: at + 1_000 }),
    p.one({ record: 'f'.repeat(64), sequence: '100', changedAt: at + 2_000 }),
  ]);
  await p.drain();
  const sequences = p.calls.map(({ sequence }) => sequence);
  assert.deepEqual([sequences.includes('100'), sequences.includes('101')], [true, false]);
});

test('a record that is known in part only is called once for each of its notifications', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const at = p.world.now - HOUR;
  const ours = [0, 6_000, 7_000].map((after, i) =>
    p.one({ record: 'f'.repeat(64), sequence: String(i + 1), changedAt: at + after }),
  );
  const others = Array.from({ length: 498 }, (_, i) => p.one({ record: record(i), changedAt: at, sequence: '9' }));
  await p.park([...others, ...ours]);
  const { all, metrics } = measured();
  await p.drain({ metrics });
  assert.equal(p.calls.length, 501);
  assert.deepEqual(
    p.calls.filter(({ sequence }) => sequence !== '9').map(({ sequence }) => sequence),
    ['1', '2', '3'],
  );
  const delivered = (some: readonly string[]) => some.filter((one) => one.startsWith('drained')).length;
  const between = all.flatMap((one, i) => (one === 'written' ? [delivered(all.slice(0, i))] : []));
  assert.ok(
    between.some((count) => count > 0 && count < 501),
    'what was measured is written after each page',
  );
});

test('a pass that delivers nothing notes no success, and each pass that can take nothing waits longer', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await draining(p);
  const { made, counted } = counting(p.triggers, 'clearFailures', async () => {});
  const pauses: number[] = [];
  const sleep = async (milliseconds: number) => {
    pauses.push(milliseconds);
    p.world.now += milliseconds;
  };
  await p.drain({ triggers: counted, sleep, retryDelays: [600] }, 25_000);
  assert.equal(made.calls, 0);
  assert.deepEqual(pauses.slice(0, 3), [1_000, 2_000, 4_000]);
});

test('the notifications of a record go in one pass, also behind one that moves to Failed, and nothing is waited for', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (sequence === '1' ? responded(404) : ok) });
  await p.state('customer.edit', 'draining');
  await p.park([
    p.one({ sequence: '1', redelivered: p.world.now }),
    p.one({ sequence: '2' }),
    p.one({ sequence: '3' }),
  ]);
  const pauses: number[] = [];
  await p.drain({ retryDelays: [], sleep: async (milliseconds: number) => void pauses.push(milliseconds) });
  assert.deepEqual(
    [p.calls.map(({ sequence }) => sequence), (await p.failed()).length, looksAt(p), pauses],
    [['1', '2', '3'], 1, 3, []],
  );
});

test('one run attempts a notification again when its retry delay is over', async () => {
  const p = await protocol();
  await draining(p);
  let calls = 0;
  p.world.receiver = () => (calls++ === 0 ? responded(500) : ok);
  await p.drain();
  assert.deepEqual([calls, await p.stateOf()], [2, 'active']);
});

test('a trigger that was about to be active drains what was put into its backlog meanwhile', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'finishing');
  await p.park([p.one()]);
  await p.drain();
  assert.deepEqual([p.calls.length, await p.stateOf(), p.logged.includes('drain failed')], [1, 'active', false]);
});

test('logs what the operator has to know', async () => {
  const p = await protocol();
  await p.drain();
  await p.state('customer.edit', 'paused');
  await p.drain();
  assert.equal(p.logged.length, 0, 'nothing where nothing was done');
  await p.triggers.move('customer.edit', 'resume');
  await p.park([p.one()]);
  await p.drain();
  for (const line of ['delivered in the end', 'drained', 'trigger active again'])
    assert.ok(p.logged.includes(line), line);

  const failing = await protocol({ receiver: () => responded(500) });
  await failing.state('customer.edit', 'draining');
  await failing.park(Array.from({ length: 10 }, (_, i) => failing.one({ record: record(i) })));
  await failing.drain();
  assert.ok(failing.logged.includes('trigger parked'));
  assert.ok(!failing.logged.includes('drained'));

  for (const [method, line] of [
    ['count', 'cannot measure a backlog'],
    ['unpark', 'cannot store the result of an attempt'],
    ['parked', 'drain failed'],
  ] as const) {
    const silent = await protocol();
    await draining(silent);
    const { counted } = counting(silent.backlog, method, () => Promise.reject(new Error('silent')));
    await silent.drain({ backlog: counted }, 20_000);
    assert.ok(silent.logged.includes(line), line);
  }

  const unreadable = await protocol();
  await draining(unreadable);
  const [item] = unreadable.dynamodb.items('backlog');
  unreadable.dynamodb.put('backlog', { ...item, message: { S: '{"v":99}' } });
  await unreadable.drain();
  assert.ok(unreadable.logged.includes('a stored notification cannot be read'));
});

test('a backlog that is empty is counted and not read to measure it', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'paused');
  p.dynamodb.requests.length = 0;
  await p.drain();
  assert.equal(p.dynamodb.requests.filter(({ input }) => input.Limit === 1).length, 0);
});

test('nobody else gets the lease until 30 seconds after the end of the function', async () => {
  const p = await protocol();
  await draining(p);
  const end = p.world.now + 300_000;
  const taken: boolean[] = [];
  p.world.receiver = async () => {
    taken.push(await p.triggers.lease('customer.edit', end + 90_000, end + 29_999));
    taken.push(await p.triggers.lease('customer.edit', end + 90_000, end + 30_000));
    return ok;
  };
  await p.drain();
  assert.deepEqual(taken, [false, true]);
});
