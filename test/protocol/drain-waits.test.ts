import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counting, draining, looksAt } from '../support/drain-scenes.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';

test('a pass without deliveries stores no success, and each such pass waits longer', async () => {
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

test('delivers the notifications of a record in one pass, also behind one that moves to Failed', async () => {
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

test('a finishing trigger drains notifications that were parked meanwhile', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'finishing');
  await p.park([p.one()]);
  await p.drain();
  assert.deepEqual([p.calls.length, await p.stateOf(), p.logged.includes('drain failed')], [1, 'active', false]);
});

test('logs the events that an operator needs', async () => {
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

test('no other run gets the lease until 30 seconds after the end of the function', async () => {
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

test('logs the IDs of the delivered notifications together, at most 500 in a line', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const parked = Array.from({ length: 501 }, (_, i) => p.one({ record: record(i) }));
  await p.park(parked);
  await p.drain();
  const lines = p.lines.filter(({ message }) => message === 'delivered in the end') as { ids: string[] }[];
  assert.ok(lines.every(({ ids }) => ids.length > 0 && ids.length <= 500));
  assert.deepEqual(lines.flatMap(({ ids }) => ids).sort(), parked.map(({ id }) => id).sort());
  assert.ok(lines.length <= 3, `${lines.length} lines`);
});
