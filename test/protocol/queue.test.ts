import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, protocol, responded } from '../support/protocol.ts';
import { message } from '../support/records.ts';

const down = () => {
  throw new Error('the table does not respond');
};

const isBatchGet = (command: { constructor: { name: string } }) => command.constructor.name === 'BatchGetItemCommand';

test('a test call is never parked, and its failure does not count', async () => {
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

test('a notification that waits for its retry stores the number of those behind it', async () => {
  const p = await protocol({ receiver: () => responded(500), urls: ['task.edit', 'task.delete'] });
  const edits = Array.from({ length: 6 }, () => p.received(p.one({ trigger: 'task.edit' })));
  const deletion = p.received(p.one({ trigger: 'task.delete' }));
  assert.equal((await p.deliver([...edits, deletion])).length, 7);
  const counts = await p.backlog.retryCounts();
  assert.deepEqual(counts.get('task.edit'), { waiting: 1, behind: 5 });
  assert.deepEqual(counts.get('task.delete'), { waiting: 0, behind: 1 });
});

test('without retry delays, a failed attempt moves to Failed, or parks a trigger without deliveries', async () => {
  const p = await protocol({ receiver: () => responded(500), retryDelays: [] });
  assert.equal((await p.deliver([p.received(p.one())])).length, 1);
  assert.equal(await p.stateOf(), 'parked');
});

test('each read that a promise depends on is strongly consistent', async () => {
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

test('a new message needs one read of its trigger', async () => {
  const p = await protocol();
  p.dynamodb.requests.length = 0;
  await p.deliver([p.received(p.one())]);
  assert.deepEqual(
    p.dynamodb.requests.filter(({ input }) => input.TableName !== 'log').map(({ name }) => name),
    // The trigger, and its secrets twice: a trigger without any is looked up again.
    ['BatchGetItem', 'BatchGetItem', 'BatchGetItem'],
  );
});

test('an unreadable message goes to the dead-letter queue before it is deleted', async () => {
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

test('reads unprocessed keys again', async () => {
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

test('drops a test call that could not be made for ten minutes', async () => {
  const p = await protocol();
  const test = (ago: number) => p.received(p.one({ test: true, changedAt: p.world.now - ago }), 3);
  assert.deepEqual(await p.deliver([test(601_000)]), []);
  assert.equal(p.calls.length, 0);
  assert.deepEqual(await p.deliver([test(599_000)]), []);
  assert.equal(p.calls.length, 1);
});

test('a long batch uses a URL that was set meanwhile', async () => {
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
