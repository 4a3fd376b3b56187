import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fails, protocol } from '../support/protocol.ts';
import { message } from '../support/records.ts';

test('does not attempt a message if the remaining time is too short', async () => {
  const p = await protocol();
  const { deliver } = await import('../../functions/deliver/deliver.ts');
  for (const [remaining, calls] of [
    [14_999, 0],
    [15_000, 1],
  ] as const) {
    const returned: { seconds: number }[] = [];
    const queue = {
      sendToDeadLetters: async () => {},
      returnToQueue: async (some: readonly { seconds: number }[]) => void returned.push(...some),
    };
    p.calls.length = 0;
    await deliver(
      [p.received(p.one())],
      { ...p.deps, queue, after: () => () => {}, startDrain: async () => {} },
      () => remaining,
    );
    assert.equal(p.calls.length, calls);
    assert.deepEqual(
      returned.map(({ seconds }) => seconds),
      calls === 0 ? [1] : [],
    );
  }
});

test('all messages of a record return with the same delay', async () => {
  const p = await protocol({ ...fails, retryDelays: [7, 30] });
  const batch = [p.received(p.one()), p.received(p.one())];
  assert.equal((await p.deliver(batch)).length, 2);
  assert.deepEqual(
    p.returned.map(({ seconds }) => seconds),
    [7, 7].map((seconds) => p.returned[0]?.seconds ?? seconds),
  );
  assert.ok((p.returned[0]?.seconds ?? 0) >= 5 && (p.returned[0]?.seconds ?? 0) <= 9);
});

test('an unreadable message goes to the dead-letter queue with its ID, the reason and its group', async () => {
  const p = await protocol();
  const bad = message('{"v":9}');
  const letters: object[] = [];
  const queue = {
    sendToDeadLetters: async (letter: object) => void letters.push(letter),
    returnToQueue: async () => {},
  };
  await p.deliver([bad], { queue });
  const [letter] = letters as { id: string; group: string; body: string; reason: string }[];
  assert.deepEqual([letter?.id, letter?.group, letter?.body], [bad.messageId, 'group', '{"v":9}']);
  assert.notEqual(letter?.reason, '');
});

test('a parked item keeps its attempts when it is parked again', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const one = p.one();
  const tried = { attempts: 3, firstAttempt: 11, response: 'HTTP 500', nextTry: 17 };
  await p.backlog.hold({ notification: one, ...tried }, p.world.now);
  assert.deepEqual(await p.deliver([p.received(one, 2)]), []);
  const [parked] = await p.parked();
  const { attempts, firstAttempt, response, nextTry } = parked ?? assert.fail();
  assert.deepEqual({ attempts, firstAttempt, response, nextTry }, tried);
});

test('delivers a message without a group', async () => {
  const p = await protocol();
  const batch = [p.received(p.one()), p.received(p.one())];
  for (const { attributes } of batch) delete (attributes as { MessageGroupId?: string }).MessageGroupId;
  assert.deepEqual(await p.deliver(batch), []);
  assert.equal(p.calls.length, 2);
});
