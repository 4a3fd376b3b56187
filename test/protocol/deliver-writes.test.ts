import assert from 'node:assert/strict';
import { test } from 'node:test';
import { late } from '../support/late.ts';
import { fails, type Options, protocol, responded, type World } from '../support/protocol.ts';
import { message } from '../support/records.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

interface Case {
  readonly store: 'backlog' | 'triggers' | 'log';
  readonly method: string;
  readonly world?: Options;
  /** Prepares the world and gives the messages. */
  readonly messages: (p: World) => Promise<readonly ReturnType<World['received']>[]>;
}

const plain = async (p: World) => [p.received(p.one(), 2)];

const old = async (p: World) => [p.received(p.one({ changedAt: p.world.now - 73 * HOUR }), 2)];

/** Another function may hold its message too. */
const shared = async (p: World) => [p.received(p.one(), 2, 301_000)];

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

test('deliver ends after the dead-letter queue has a message and the delays of returned messages are set', async () => {
  const p = await protocol(fails);
  const { slow, pending, events } = late({ sendToDeadLetters: async () => {}, returnToQueue: async () => {} }, [
    'sendToDeadLetters',
    'returnToQueue',
  ]);
  assert.equal((await p.deliver([message('{"v":9}'), p.received(p.one())], { queue: slow })).length, 1);
  assert.deepEqual([...pending], []);
  assert.equal(events.length, 4);
});

test('stores a notification in Failed before it writes the mark, and the mark before it removes the item', async () => {
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

test('parks a notification before it reads the trigger again, and before it writes the mark', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const { slow, events } = late(p.backlog, ['park', 'release']);
  let reads = 0;
  const triggers = wrapped(p.triggers, {
    read(call) {
      if (reads++ > 0) events.push('look');
      return call();
    },
  });
  await p.deliver(await shared(p), { backlog: slow, triggers });
  assert.deepEqual(events, ['park begins', 'park ends', 'look', 'release begins', 'release ends']);
});
