import { type protocol, responded } from './protocol.ts';

export type World = Awaited<ReturnType<typeof protocol>>;

export type Overrides = Parameters<typeof protocol>[0];

export const HOUR = 3_600_000;

export interface Case {
  readonly store: 'backlog' | 'triggers' | 'log';
  readonly method: string;
  readonly world?: Overrides;
  /** Prepares the world and gives the messages. */
  readonly messages: (p: World) => Promise<readonly ReturnType<World['received']>[]>;
}

export const plain = async (p: World) => [p.received(p.one(), 2)];

export const old = async (p: World) => [p.received(p.one({ changedAt: p.world.now - 73 * HOUR }), 2)];

/** Another function may hold its message too. */
export const shared = async (p: World) => [p.received(p.one(), 2, 301_000)];

export const fails = { receiver: () => responded(500) };

export const cases: Readonly<Record<string, Case>> = {
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
