import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

test('a notification that is parked again while drain moves it to Failed stays in the backlog', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const one = p.one({ changedAt: p.world.now - 73 * HOUR });
  await p.park([one]);
  const redelivered = { ...one, redelivered: p.world.now };
  // An admin redelivers it at once, and deliver puts it into the backlog again.
  const backlog = wrapped(p.backlog, {
    async fail(call) {
      await call();
      await p.park([redelivered], 0);
    },
  });
  await p.drain({ backlog }, 15_500);
  assert.deepEqual(
    (await p.parked()).map(({ notification }) => notification.redelivered),
    [redelivered.redelivered],
  );
});

test('does not store a result for an item that another function removed meanwhile', async () => {
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

test('removes an item from the backlog only after it is in Failed', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'paused');
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR })]);
  const order: string[] = [];
  const noted = (name: string) => async (call: () => Promise<unknown>) => {
    const done = await call();
    await new Promise(setImmediate);
    order.push(name);
    return done;
  };
  const backlog = wrapped(p.backlog, { fail: noted('fail'), unpark: noted('unpark') });
  await p.drain({ backlog });
  assert.deepEqual(order, ['fail', 'unpark']);
  const failing = wrapped(p.backlog, { fail: () => Promise.reject(new Error('silent')) });
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR })]);
  await p.drain({ backlog: failing });
  assert.equal((await p.parked()).length, 1);
});

test('an unreadable notification moves to Failed, and the others are delivered', async () => {
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

test('a probe that failed for an internal reason does not postpone the next one', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  await p.park([p.one()]);
  const secrets = { of: () => Promise.reject(new Error('disabled')) };
  await p.drain({ secrets });
  assert.equal((await p.triggers.read(['customer.edit'])).get('customer.edit')?.probeAt, 0);
});

test('an unreadable entry of Failed does not hide the others', async () => {
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
