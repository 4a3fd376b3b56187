import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draining, parked } from '../support/drain-scenes.ts';
import { late } from '../support/late.ts';
import type { World } from '../support/protocol.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { HOUR } from '../support/time.ts';

interface Case {
  readonly store: 'backlog' | 'triggers' | 'log';
  readonly method: string;
  readonly status?: number;
  readonly prepare: (p: World) => Promise<unknown>;
}

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

test('adds an item to Failed before it removes it from the backlog', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR })]);
  const { slow, events } = late(p.backlog, ['fail', 'unpark']);
  await p.drain({ backlog: slow });
  assert.deepEqual(events, ['fail begins', 'fail ends', 'unpark begins', 'unpark ends']);
});

test('adds an unreadable item to Failed before it deletes it, and continues after that', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.parkUnreadable();
  const { slow, pending, events } = late(p.backlog, ['fail', 'dropUnreadable']);
  await p.drain({ backlog: slow });
  assert.equal(pending.size, 0);
  assert.deepEqual(events, ['fail begins', 'fail ends', 'dropUnreadable begins', 'dropUnreadable ends']);
});

test('attempts the next notification of a record after the result of the one before is stored', async () => {
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
