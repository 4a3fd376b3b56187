import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { ok, protocol, responded } from '../support/protocol.ts';

test('two messages of one notification in one batch, both received before, are both delivered', async () => {
  const p = await protocol();
  const one = p.one();
  const again = { ...one, redelivered: p.world.now };
  const messages = [p.received(one, 2), p.received(again, 2), p.received(p.one({ record: 'b'.repeat(64) }), 2)];
  assert.deepEqual(await p.deliver(messages), []);
  assert.deepEqual(new Set(p.calls.map(({ id }) => id)).size, 2);
});

test('two overlapping redeliveries to a failing receiver finish both messages, and no other record waits for them', async () => {
  let fails = true;
  const p = await protocol({ receiver: ({ sequence }) => (fails && sequence === '7' ? responded(500) : ok) });
  const one = p.one({ sequence: '7' });
  const [first, second] = [1_000, 500].map((ago) => ({ ...one, redelivered: p.world.now - ago })) as [
    Notification,
    Notification,
  ];
  const other = p.received(p.one({ record: 'b'.repeat(64), sequence: '8' }), 2);
  const kept = await p.deliver([p.received(first, 2), p.received(second, 2), other]);
  assert.equal(kept.length, 2);
  assert.deepEqual(p.calls.map(({ sequence }) => sequence).sort(), ['7', '8']);
  fails = false;
  assert.deepEqual(await p.deliver([p.received(first, 3), p.received(second, 3)]), []);
  assert.equal(await p.backlog.count('customer.edit', 'held'), 0);
});

test('one notification twice in a batch goes to the backlog once', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked', p.world.now + 60_000);
  const one = p.one();
  assert.deepEqual(await p.deliver([p.received(one, 2), p.received(one, 2)]), []);
  assert.equal((await p.parked()).length, 1);
});

for (const [state, status, calls] of [
  ['draining', 200, ['2']],
  ['parked', 200, ['2']],
  ['draining', 500, ['2', '2']],
  ['parked', 500, ['2', '2']],
] as const)
  test(`a message that returns while drain merges its notification does not bring it back into the backlog: ${state}, HTTP ${status}`, async () => {
    let isFirst = true;
    const p = await protocol({
      async receiver() {
        if (!isFirst) return ok;
        isFirst = false;
        assert.deepEqual(await p.deliver([p.received(older, 2, 361_000)]), []);
        return responded(status);
      },
    });
    const older = p.one({ sequence: '1', formattedString: '?AccountID=a' });
    await p.triggers.writeSetting('customer.edit', 'coalesce', true);
    await p.state('customer.edit', state);
    await p.park([older, p.one({ sequence: '2', formattedString: '?AccountID=a' })]);
    for (let runs = 0; runs < 5; runs++) {
      await p.drain();
      p.world.now += 60_000;
    }
    // After the call of 2, a call of 1 would be in the wrong order.
    assert.deepEqual(
      p.calls.map(({ sequence }) => sequence),
      calls,
    );
    assert.deepEqual([await p.stateOf(), (await p.parked()).length], ['active', 0]);
  });

for (const status of [200, 500])
  test(`a notification that was merged is not called when another function puts it into the backlog later: HTTP ${status}`, async () => {
    let isFirst = true;
    const p = await protocol({
      receiver: () => responded(status),
      async around(command, effect) {
        const puts = command.constructor.name === 'BatchWriteItemCommand';
        if (puts && isFirst && JSON.stringify(command.input).includes(older.id)) {
          isFirst = false;
          // A slow request of one function, while another with the same message and drain are fast.
          await p.deliver([p.received(older, 2, 361_000), p.received(newer)]);
          p.world.now += 60_000;
          await p.drain({}, 20_000);
        }
        return effect();
      },
    });
    const [older, newer] = ['1', '2'].map((sequence) => p.one({ sequence, formattedString: '?AccountID=a' })) as [
      Notification,
      Notification,
    ];
    await p.triggers.writeSetting('customer.edit', 'coalesce', true);
    await p.state('customer.edit', 'draining');
    // The trigger is not active before its last notification is delivered.
    const other = {
      notification: p.one({ record: 'b'.repeat(64) }),
      attempts: 1,
      firstAttempt: 1,
      response: '',
      nextTry: p.world.now + 3_600_000,
    };
    await p.backlog.park([other], p.world.now - 60_000);
    assert.deepEqual(await p.deliver([p.received(older, 1, 359_000)]), []);
    for (let runs = 0; runs < 5; runs++) {
      p.world.now += 60_000;
      await p.drain({}, 20_000);
    }
    assert.ok(p.calls.length > 0);
    assert.deepEqual(new Set(p.calls.map(({ sequence }) => sequence)), new Set(['2']));
    assert.ok((await p.parked()).every(({ notification }) => notification.id !== older.id));
    const { entries } = await new DeliveryLog('log', p.dynamodb.client()).read({}, 100);
    const responses = entries.filter(({ id }) => id === older.id).map(({ response }) => response);
    assert.deepEqual(new Set(responses), new Set([`merged into ${newer.id}`]));
  });

test('drain looks for the marks only of notifications whose message another function could have', async () => {
  for (const [receives, msAgo, reads] of [
    [1, 1_000, 0],
    [1, 299_000, 0],
    [2, 300_000, 1],
  ] as const) {
    const p = await protocol();
    await p.state('customer.edit', 'draining');
    const one = p.one();
    assert.deepEqual(await p.deliver([p.received(one, receives, msAgo)]), []);
    const before = p.dynamodb.requests.length;
    p.world.now += 60_000;
    await p.drain();
    const requests = p.dynamodb.requests
      .slice(before)
      .filter(({ name, input }) => name === 'BatchGetItem' && input.RequestItems.backlog);
    assert.deepEqual([p.calls.length, requests.length], [1, reads], `received ${msAgo} ms before`);
  }
});

test('a message that returns leaves its notification in the backlog as it is, and its later life replaces it', async () => {
  const p = await protocol();
  const one = p.one();
  await p.state('customer.edit', 'parked', p.world.now + 60_000);
  await p.park([one]);
  const before = await p.parked();
  assert.deepEqual(await p.deliver([p.received(one, 2, 361_000)]), []);
  assert.deepEqual(await p.parked(), before);
  assert.deepEqual(await p.deliver([p.received({ ...one, redelivered: p.world.now }, 2)]), []);
  const [after, ...others] = await p.parked();
  assert.deepEqual([after?.notification.redelivered, others.length], [p.world.now, 0]);
});
