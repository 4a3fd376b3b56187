import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { message } from '../support/records.ts';

const isBatchGet = (command: { constructor: { name: string } }) => command.constructor.name === 'BatchGetItemCommand';
const down = () => {
  throw new Error('the table does not respond');
};

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

for (const [what, waits] of [
  ['secrets that cannot be read', { secrets: { of: down } }],
  ['a backlog table that does not respond', { backlog: 'silent' }],
  ['a triggers table that does not respond', { triggers: { read: down } }],
] as const)
  test(`${what}: a message is received fewer than 1,000 times in 14 days, and delivered after the repair`, async () => {
    const p = await protocol();
    const one = p.one();
    const overrides =
      'backlog' in waits ? { backlog: new Proxy(p.backlog, { get: () => down }) } : { ...p.deps, ...waits };
    let seconds = 0;
    let receives = 1;
    for (; seconds < 14 * 86_400; receives++) {
      p.returned.length = 0;
      const messages = [p.received(one, Math.max(2, receives))];
      assert.equal((await p.deliver(messages, overrides)).length, 1);
      seconds += p.returned[0]?.seconds ?? 0;
    }
    assert.ok(receives < 1_000, `${receives} receives`);
    assert.equal(p.calls.length, 0);
    assert.deepEqual(await p.deliver([p.received(one, receives)]), []);
    assert.equal(p.calls.length, 1);
  });

test('a state that does not end lets messages wait for 14 days with fewer than 1,000 receives', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'finishing');
  const one = p.one();
  let seconds = 0;
  let receives = 1;
  for (; seconds < 14 * 86_400; receives++) {
    p.returned.length = 0;
    assert.equal((await p.deliver([p.received(one, receives)])).length, 1);
    seconds += p.returned[0]?.seconds ?? 0;
  }
  assert.ok(receives < 1_000, `${receives} receives`);
});

test('a trigger whose secrets cannot be read delays no other', async () => {
  const p = await protocol({ urls: ['customer.edit', 'task.edit'] });
  const of = (trigger: Trigger) => (trigger === 'task.edit' ? down() : p.deps.secrets.of(trigger));
  const [good, bad] = [p.received(p.one()), p.received(p.one({ trigger: 'task.edit', record: 'b'.repeat(64) }))];
  assert.deepEqual(await p.deliver([good, bad], { secrets: { of } }), [bad.messageId]);
  assert.deepEqual(
    p.calls.map(({ trigger }) => trigger),
    ['customer.edit'],
  );
});

test('a success that cannot be counted is delivered all the same, and not repeated', async () => {
  const p = await protocol();
  await p.triggers.countFailure('customer.edit', p.world.now);
  const triggers = new Proxy(p.triggers, {
    get: (target, name) => (name === 'clearFailures' ? down : Reflect.get(target, name).bind(target)),
  });
  assert.deepEqual(await p.deliver([p.received(p.one())], { triggers }), []);
});

test('a function that fails after another delivered the message leaves nothing that is shown as waiting', async () => {
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

test('a function that fails after another put the message into the backlog leaves it to drain', async () => {
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

test('a message that returned by the dead-letter queue clears what was waiting for it', async () => {
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

test('a redelivered notification starts anew, whatever was marked of its earlier life', async () => {
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

test('what went to the backlog while its trigger returned is delivered once and leaves no item there', async () => {
  const p = await protocol();
  const one = p.one();
  await p.park([one]);
  assert.deepEqual(await p.deliver([p.received(one, 2)]), []);
  assert.equal(p.calls.length, 1);
  assert.deepEqual(await p.parked(), []);
});

test('a notification that fails keeps its item in the backlog: another function may have deleted its message', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  const one = p.one();
  await p.park([one]);
  assert.equal((await p.deliver([p.received(one, 2)])).length, 1);
  assert.equal((await p.parked()).length, 1);
});

test('a test call is never parked, and its failure counts nowhere', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked', p.world.now + 60_000);
  const one = p.one({ test: true });
  assert.deepEqual(await p.deliver([p.received(one)]), []);
  assert.deepEqual(
    p.calls.map(({ isTest }) => isTest),
    [true],
  );
  assert.deepEqual(await p.parked(), []);
  assert.equal(await p.backlog.count('customer.edit', 'held'), 0);
  assert.equal((await p.backlog.testResult(one))?.response, 'HTTP 500');
});

test('a notification that waits for its retry says how many of its record wait behind it', async () => {
  const p = await protocol({ receiver: () => responded(500), urls: ['task.edit', 'task.delete'] });
  const edits = Array.from({ length: 6 }, () => p.received(p.one({ trigger: 'task.edit' })));
  const deletion = p.received(p.one({ trigger: 'task.delete' }));
  assert.equal((await p.deliver([...edits, deletion])).length, 7);
  const counts = await p.backlog.retryCounts();
  assert.deepEqual(counts.get('task.edit'), { waiting: 1, behind: 5 });
  assert.deepEqual(counts.get('task.delete'), { waiting: 0, behind: 1 });
});

test('without retry delays the only failed attempt moves to Failed, or parks a trigger that nothing reaches', async () => {
  const p = await protocol({ receiver: () => responded(500), retryDelays: [] });
  assert.equal((await p.deliver([p.received(p.one())])).length, 1);
  assert.equal(await p.stateOf(), 'parked');
});

test('every read on which a promise rests is strongly consistent', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  const one = p.one();
  await p.deliver([p.received(one, 2)]);
  await p.state('customer.edit', 'draining');
  await p.deliver([p.received(one, 3)]);
  await p.drain();
  const reads = p.dynamodb.requests.filter(({ name }) => /^(Get|BatchGet|Query)/.test(name));
  assert.ok(reads.length > 5);
  for (const { name, input } of reads) {
    const requested = name === 'BatchGetItem' ? Object.values(input.RequestItems) : [input];
    for (const { ConsistentRead } of requested as { ConsistentRead?: boolean }[])
      assert.equal(ConsistentRead, true, name);
  }
});

test('a fresh message costs one read of its trigger', async () => {
  const p = await protocol();
  p.dynamodb.requests.length = 0;
  await p.deliver([p.received(p.one())]);
  assert.deepEqual(
    p.dynamodb.requests.filter(({ input }) => input.TableName !== 'log').map(({ name }) => name),
    // The trigger, and its secrets twice: a trigger without any is looked up again.
    ['BatchGetItem', 'BatchGetItem', 'BatchGetItem'],
  );
});

test('a message that no code can read goes to the dead-letter queue before it is done with', async () => {
  const p = await protocol();
  const bad = message('{"v":9}');
  let taken = false;
  const queue = {
    sendToDeadLetters: async () => {
      await new Promise(setImmediate);
      taken = true;
    },
    returnToQueue: async () => {},
  };
  assert.deepEqual(await p.deliver([bad], { queue }), []);
  assert.equal(taken, true);
  const rejected = { sendToDeadLetters: async () => down(), returnToQueue: async () => {} };
  assert.deepEqual(await p.deliver([bad], { queue: rejected }), [bad.messageId]);
});

test('a table that leaves keys unprocessed is asked for the rest', async () => {
  let left = 3;
  const p = await protocol({
    around: async (command, effect) => {
      const response = effect() as { UnprocessedKeys?: object; Responses?: object };
      if (!isBatchGet(command) || left-- <= 0) return response;
      return { Responses: {}, UnprocessedKeys: (command.input as { RequestItems: object }).RequestItems };
    },
  });
  assert.deepEqual(await p.deliver([p.received(p.one(), 2)]), []);
  assert.equal(p.calls.length, 1);
});

test('a test that could not be sent for ten minutes is dropped', async () => {
  const p = await protocol();
  const test = (ago: number) => p.received(p.one({ test: true, changedAt: p.world.now - ago }), 3);
  assert.deepEqual(await p.deliver([test(601_000)]), []);
  assert.equal(p.calls.length, 0);
  assert.deepEqual(await p.deliver([test(599_000)]), []);
  assert.equal(p.calls.length, 1);
});

test('a batch that lasts uses the URL that was set meanwhile', async () => {
  const p = await protocol();
  const looks: (() => void)[] = [];
  const after = (_: number, act: () => void) => {
    looks.push(act);
    return () => {};
  };
  p.world.receiver = async () => {
    p.world.receiver = () => ok;
    await p.triggers.writeUrl('customer.edit', 'https://receiver.example/corrected', p.world.now);
    for (const look of looks.splice(0, 1)) look();
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    return ok;
  };
  assert.deepEqual(await p.deliver([p.received(p.one()), p.received(p.one())], { after }), []);
  assert.match(p.calls[0]?.url ?? '', /receiver\.example\/customer\.edit\?/);
  assert.match(p.calls[1]?.url ?? '', /receiver\.example\/corrected\?/);
});
