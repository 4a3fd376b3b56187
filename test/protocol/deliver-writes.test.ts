import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, fails, HOUR, shared } from '../support/deliver-details.ts';
import { late } from '../support/late.ts';
import { protocol } from '../support/protocol.ts';
import { message } from '../support/records.ts';

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
