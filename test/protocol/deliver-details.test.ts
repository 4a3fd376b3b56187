import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../functions/core/notification.ts';
import { late, measured } from '../support/late.ts';
import { protocol, responded } from '../support/protocol.ts';
import { message } from '../support/records.ts';

type World = Awaited<ReturnType<typeof protocol>>;
type Overrides = Parameters<typeof protocol>[0];

const HOUR = 3_600_000;
const turn = () => new Promise(setImmediate);

interface Case {
  readonly store: 'backlog' | 'triggers' | 'log';
  readonly method: string;
  readonly world?: Overrides;
  /** Prepares the world and gives the messages. */
  readonly messages: (p: World) => Promise<readonly ReturnType<World['received']>[]>;
}

const plain = async (p: World) => [p.received(p.one(), 2)];
const old = async (p: World) => [p.received(p.one({ changedAt: p.world.now - 73 * HOUR }), 2)];
/** Another function may hold its message too. */
const shared = async (p: World) => [p.received(p.one(), 2, 301_000)];
const fails = { receiver: () => responded(500) };

const cases: Readonly<Record<string, Case>> = {
  'the move to Failed': { store: 'backlog', method: 'fail', world: fails, messages: old },
  'the move to Failed without a URL': { store: 'backlog', method: 'fail', world: { urls: [] }, messages: plain },
  'the mark that it is settled': { store: 'backlog', method: 'release', messages: shared },
  'the mark that it moved to Failed without a URL': {
    store: 'backlog',
    method: 'release',
    world: { urls: [] },
    messages: shared,
  },
  'its item being taken out of the backlog': {
    store: 'backlog',
    method: 'unpark',
    messages: async (p) => {
      const one = p.one();
      await p.park([one]);
      return [p.received(one, 2)];
    },
  },
  'its retry being stored': { store: 'backlog', method: 'hold', world: fails, messages: plain },
  'its being put into the backlog': {
    store: 'backlog',
    method: 'park',
    messages: async (p) => {
      await p.state('customer.edit', 'parked');
      return plain(p);
    },
  },
  'the mark that it is in the backlog': {
    store: 'backlog',
    method: 'release',
    messages: async (p) => {
      await p.state('customer.edit', 'parked');
      return shared(p);
    },
  },
  'the second look at its trigger': {
    store: 'triggers',
    method: 'read',
    messages: async (p) => {
      await p.state('customer.edit', 'parked');
      return plain(p);
    },
  },
  'a failure being counted': { store: 'triggers', method: 'countFailure', world: fails, messages: plain },
  'a success being counted': {
    store: 'triggers',
    method: 'clearFailures',
    messages: async (p) => {
      await p.triggers.countFailure('customer.edit', p.world.now);
      return plain(p);
    },
  },
  'its trigger being paused': {
    store: 'triggers',
    method: 'move',
    world: { receiver: () => responded(410) },
    messages: plain,
  },
  'its trigger being parked': {
    store: 'triggers',
    method: 'move',
    world: { ...fails, retryDelays: [] },
    messages: plain,
  },
  'its trigger being parked after ten failures': {
    store: 'triggers',
    method: 'move',
    world: fails,
    messages: async (p) => {
      for (let i = 0; i < 9; i++) await p.triggers.countFailure('customer.edit', p.world.now);
      return plain(p);
    },
  },
  'the result of a test': {
    store: 'backlog',
    method: 'putTestResult',
    messages: async (p) => [p.received(p.one({ test: true }))],
  },
  'the delivery log': { store: 'log', method: 'write', messages: plain },
};

for (const [what, { store, method, world, messages }] of Object.entries(cases))
  test(`deliver does not end before ${what} has ended`, async () => {
    const p = await protocol(world);
    const batch = await messages(p);
    const { slow, pending, events } = late<object>(p.deps[store], [method]);
    await p.deliver(batch, { [store]: slow });
    assert.deepEqual([...pending], []);
    assert.ok(events.length > 0, `${method} was called`);
  });

test('deliver does not end before the dead-letter queue has a message, and before messages are set to return', async () => {
  const p = await protocol(fails);
  const { slow, pending, events } = late({ sendToDeadLetters: async () => {}, returnToQueue: async () => {} }, [
    'sendToDeadLetters',
    'returnToQueue',
  ]);
  assert.equal((await p.deliver([message('{"v":9}'), p.received(p.one())], { queue: slow })).length, 1);
  assert.deepEqual([...pending], []);
  assert.equal(events.length, 4);
});

test('a notification is in Failed before its mark says so, and marked before its item leaves the backlog', async () => {
  const p = await protocol(fails);
  const one = p.one({ changedAt: p.world.now - 73 * HOUR });
  await p.park([one]);
  const { slow, events } = late(p.backlog, ['fail', 'release', 'unpark']);
  await p.deliver([p.received(one, 2)], { backlog: slow });
  assert.deepEqual(
    events,
    ['fail', 'release', 'unpark'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test('a notification is in the backlog before its trigger is looked at again, and before it is marked', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const { slow, events } = late(p.backlog, ['park', 'release']);
  let reads = 0;
  const triggers = new Proxy(p.triggers, {
    get(target, name) {
      const member = Reflect.get(target, name).bind(target);
      if (name !== 'read') return member;
      return (...args: unknown[]) => {
        if (reads++ > 0) events.push('look');
        return member(...args);
      };
    },
  });
  await p.deliver(await shared(p), { backlog: slow, triggers });
  assert.deepEqual(events, ['park begins', 'park ends', 'look', 'release begins', 'release ends']);
});

/** Timers that only the test fires. */
function timers() {
  const open = new Set<{ readonly milliseconds: number; readonly act: () => void }>();
  return {
    open,
    after(milliseconds: number, act: () => void) {
      const timer = { milliseconds, act };
      open.add(timer);
      return () => void open.delete(timer);
    },
    /** Fires the timer of this length, and lets what it does end. */
    async fire(milliseconds: number) {
      const timer = [...open].find((one) => one.milliseconds === milliseconds);
      assert.ok(timer, `a timer of ${milliseconds} ms`);
      open.delete(timer);
      timer.act();
      for (let turns = 0; turns < 20; turns++) await turn();
    },
  };
}

test('a batch looks at its triggers each second until it is done, and cuts off attempts at one that is parked by another', async () => {
  const p = await protocol();
  const time = timers();
  const seen: boolean[] = [];
  const call = async (_: string, __: object, cut: AbortSignal) => {
    await time.fire(1_000);
    seen.push(cut.aborted);
    await time.fire(1_000);
    seen.push(cut.aborted);
    await p.state('customer.edit', 'parked', p.world.now + HOUR);
    p.dynamodb.requests.length = 0;
    await time.fire(1_000);
    seen.push(cut.aborted);
    assert.equal(p.dynamodb.requests.length, 1, 'one look at its trigger');
    await time.fire(1_000);
    assert.equal(p.dynamodb.requests.length, 1, 'nothing is attempted any more');
    return responded(500);
  };
  await p.deliver([p.received(p.one())], { call, after: time.after });
  assert.deepEqual(seen, [false, false, true]);
  assert.equal(time.open.size, 0, 'every timer is ended');
  const consecutiveFailures = (await p.triggers.read(['customer.edit'])).get('customer.edit')?.consecutiveFailures;
  assert.equal(consecutiveFailures, 0, 'an attempt that was cut off counts as no failure');
});

test('a look that fails is followed by another, and one that ends after the batch by none', async () => {
  const p = await protocol();
  const time = timers();
  let isSilent = false;
  const triggers = new Proxy(p.triggers, {
    get(target, name) {
      const member = Reflect.get(target, name).bind(target);
      return name === 'read' && isSilent ? () => Promise.reject(new Error('silent')) : member;
    },
  });
  const call = async () => {
    isSilent = true;
    await time.fire(1_000);
    assert.ok([...time.open].some(({ milliseconds }) => milliseconds === 1_000));
    isSilent = false;
    // Fires it without waiting for what it does.
    const timer = [...time.open].find(({ milliseconds }) => milliseconds === 1_000);
    if (timer) time.open.delete(timer);
    timer?.act();
    return responded(200);
  };
  assert.deepEqual(await p.deliver([p.received(p.one())], { call, triggers, after: time.after }), []);
  for (let turns = 0; turns < 20; turns++) await turn();
  assert.equal(time.open.size, 0);
});

test('a slow response counts as a failure while it is awaited, and once; deliver waits until it is counted', async () => {
  const p = await protocol();
  const time = timers();
  const { slow, pending } = late(p.triggers, ['countFailure']);
  const { all, metrics } = measured();
  const call = async () => {
    const timer = [...time.open].find(({ milliseconds }) => milliseconds !== 1_000);
    assert.equal(timer?.milliseconds, 5_000);
    timer?.act();
    return responded(200);
  };
  await p.deliver([p.received(p.one())], { call, metrics, triggers: slow, after: time.after });
  assert.equal(pending.size, 0);
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.consecutiveFailures, now?.state], [1, 'active']);
  assert.deepEqual(all, ['attempt customer.edit 0', 'delivered customer.edit', 'delay customer.edit 60000', 'written']);
});

test('a slow response to a test or to a redelivered notification counts as no failure', async () => {
  for (const what of [{ test: true }, { redelivered: 1 }] as const) {
    const p = await protocol();
    const time = timers();
    const call = async () => {
      for (const { milliseconds, act } of time.open) if (milliseconds > 1_000) act();
      return responded(200);
    };
    await p.deliver([p.received(p.one(what))], { call, after: time.after });
    assert.equal((await p.triggers.read(['customer.edit'])).get('customer.edit')?.consecutiveFailures, 0);
  }
});

test('measures attempts, deliveries, retries, failed and parked notifications', async () => {
  const cases: readonly [string, Overrides, (p: World) => Notification, readonly string[]][] = [
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

test('a delay is never negative, though the clocks disagree', async () => {
  const p = await protocol();
  const { all, metrics } = measured();
  await p.deliver([p.received(p.one({ changedAt: p.world.now + 3_000 }))], { metrics });
  assert.ok(all.includes('delay customer.edit 0'));
});

test('the delivery log has each attempt with its number, response, time and what it was', async () => {
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

test('what is logged of a response without a body has none', async () => {
  const p = await protocol();
  const entries: object[] = [];
  await p.deliver([p.received(p.one())], { log: { write: async (some: object[]) => void entries.push(...some) } });
  assert.equal(entries.length, 1);
  assert.ok(
    !('body' in (entries[0] ?? {})) && !('test' in (entries[0] ?? {})) && !('redelivered' in (entries[0] ?? {})),
  );
});

test('a log that does not respond keeps no message', async () => {
  const p = await protocol();
  const log = { write: () => Promise.reject(new Error('silent')) };
  assert.deepEqual(await p.deliver([p.received(p.one())], { log }), []);
});

test('a message is not attempted when less time is left than an attempt and what follows may take', async () => {
  const p = await protocol();
  const { deliver } = await import('../../functions/deliver/deliver.ts');
  for (const [remaining, calls] of [
    [14_999, 0],
    [15_000, 1],
  ] as const) {
    const returned: { seconds: number }[] = [];
    const queue = {
      sendToDeadLetters: async () => {},
      returnToQueue: async (some: readonly { seconds: number }[]) => void returned.push(...some),
    };
    p.calls.length = 0;
    await deliver([p.received(p.one())], { ...p.deps, queue, after: () => () => {} }, () => remaining);
    assert.equal(p.calls.length, calls);
    assert.deepEqual(
      returned.map(({ seconds }) => seconds),
      calls === 0 ? [1] : [],
    );
  }
});

test('all of a record return with the delay of the one that waits', async () => {
  const p = await protocol({ ...fails, retryDelays: [7, 30] });
  const batch = [p.received(p.one()), p.received(p.one())];
  assert.equal((await p.deliver(batch)).length, 2);
  assert.deepEqual(
    p.returned.map(({ seconds }) => seconds),
    [7, 7].map((seconds) => p.returned[0]?.seconds ?? seconds),
  );
  assert.ok((p.returned[0]?.seconds ?? 0) >= 5 && (p.returned[0]?.seconds ?? 0) <= 9);
});

test('what cannot be read names its notification in the dead-letter queue with the reason and its group', async () => {
  const p = await protocol();
  const bad = message('{"v":9}');
  const letters: object[] = [];
  const queue = {
    sendToDeadLetters: async (letter: object) => void letters.push(letter),
    returnToQueue: async () => {},
  };
  await p.deliver([bad], { queue });
  const [letter] = letters as { id: string; group: string; body: string; reason: string }[];
  assert.deepEqual([letter?.id, letter?.group, letter?.body], [bad.messageId, 'group', '{"v":9}']);
  assert.notEqual(letter?.reason, '');
});

test('an item that an earlier receive put into the backlog keeps its attempts when it is put there again', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const one = p.one();
  const tried = { attempts: 3, firstAttempt: 11, response: 'HTTP 500', nextTry: 17 };
  await p.backlog.hold({ notification: one, ...tried }, p.world.now);
  assert.deepEqual(await p.deliver([p.received(one, 2)]), []);
  const [parked] = await p.parked();
  const { attempts, firstAttempt, response, nextTry } = parked ?? assert.fail();
  assert.deepEqual({ attempts, firstAttempt, response, nextTry }, tried);
});

test('a message without a group is delivered by itself', async () => {
  const p = await protocol();
  const batch = [p.received(p.one()), p.received(p.one())];
  for (const { attributes } of batch) delete (attributes as { MessageGroupId?: string }).MessageGroupId;
  assert.deepEqual(await p.deliver(batch), []);
  assert.equal(p.calls.length, 2);
});
