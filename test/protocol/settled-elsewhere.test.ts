import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, protocol, responded } from '../support/protocol.ts';

test("a failure after another function's delivery of the same message does not count as waiting", async () => {
  const p = await protocol({ receiver: () => responded(500) });
  const one = p.one();
  // Lambda started the first function 359 s after the receive; a second after that, the queue handed the message out again.
  const late = p.received(one, 1, 359_000);
  const second = p.received(one, 2, 361_000);
  p.world.receiver = async () => {
    p.world.receiver = () => ok;
    assert.deepEqual(await p.deliver([second]), []);
    return responded(500);
  };
  assert.deepEqual(await p.deliver([late]), [], 'it is done with: the other function delivered it');
  assert.equal(await p.backlog.count('customer.edit', 'held'), 0);
  assert.equal(p.calls.length, 2);
});

test('a failure after another function parked the same message leaves it to drain', async () => {
  const p = await protocol();
  const one = p.one();
  const second = p.received(one, 2, 361_000);
  p.world.receiver = async () => {
    await p.state('customer.edit', 'parked', p.world.now);
    assert.deepEqual(await p.deliver([second]), []);
    return responded(500);
  };
  assert.deepEqual(await p.deliver([p.received(one, 1, 359_000)]), []);
  assert.equal(await p.backlog.count('customer.edit', 'held'), 0);
  assert.deepEqual(
    (await p.parked()).map(({ notification }) => notification.id),
    [one.id],
  );
});

test('a message that returned from the dead-letter queue removes its stored state', async () => {
  const p = await protocol();
  const one = p.one({ changedAt: p.world.now - 4 * 86_400_000 + 86_400_000 * 2 });
  await p.backlog.hold(
    { notification: one, attempts: 2, firstAttempt: 1, response: 'HTTP 500', nextTry: 2 },
    p.world.now,
  );
  assert.equal(await p.backlog.count('customer.edit', 'held'), 1);
  assert.deepEqual(await p.deliver([p.received(one, 1)]), []);
  assert.deepEqual(
    p.calls.map(({ attempt }) => attempt),
    [3],
  );
  assert.equal(await p.backlog.count('customer.edit', 'held'), 0);
});

test('a redelivered notification starts a new life, whatever its mark says', async () => {
  const p = await protocol({ receiver: () => responded(500), retryDelays: [] });
  const one = p.one();
  await p.triggers.clearFailures('customer.edit', p.world.now);
  assert.deepEqual(await p.deliver([p.received(one, 2)]), []);
  assert.equal((await p.failed()).length, 1);
  const again = { ...one, redelivered: p.world.now + 1 };
  const retries = { ...p.deps, retryDelays: [5] };
  assert.equal((await p.deliver([p.received(again, 1)], { retryDelays: retries.retryDelays })).length, 1);
  assert.equal(await p.backlog.count('customer.edit', 'held'), 1);
  assert.deepEqual(await p.deliver([p.received(one, 3)]), [], 'the message of its earlier life is done with');
  assert.equal(p.calls.length, 2);
});

test('a notification that was parked while its trigger became active is delivered once and leaves no item', async () => {
  const p = await protocol();
  const one = p.one();
  await p.park([one]);
  assert.deepEqual(await p.deliver([p.received(one, 2)]), []);
  assert.equal(p.calls.length, 1);
  assert.deepEqual(await p.parked(), []);
});

test('a failed notification keeps its item in the backlog, because another function can have deleted its message', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  const one = p.one();
  await p.park([one]);
  assert.equal((await p.deliver([p.received(one, 2)])).length, 1);
  assert.equal((await p.parked()).length, 1);
});
