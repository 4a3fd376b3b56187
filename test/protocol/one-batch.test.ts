import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, protocol, responded } from '../support/protocol.ts';
import { wrapped } from '../support/wrapped.ts';

test('the result of a test has whether it was delivered, the response, its time and its body', async () => {
  for (const [status, delivered] of [
    [200, true],
    [500, false],
  ] as const) {
    const p = await protocol({
      receiver: () => {
        p.world.now += 70;
        return { status, body: 'text' };
      },
    });
    const one = p.one({ test: true, changedAt: p.world.now });
    await p.deliver([p.received(one)]);
    const expected = { delivered, response: `HTTP ${status}`, milliseconds: 70, body: 'text' };
    assert.deepEqual(await p.backlog.testResult(one), expected);
  }
});

test('makes no test call without a URL', async () => {
  const p = await protocol({ urls: [] });
  const one = p.one({ test: true, changedAt: p.world.now });
  assert.deepEqual(await p.deliver([p.received(one)]), []);
  assert.deepEqual([p.calls, await p.backlog.testResult(one)], [[], undefined]);
});

test('marks a parked notification only if its message was received before or may be shared', async () => {
  const marked = async (receives: number, firstMsAgo: number) => {
    const p = await protocol();
    await p.state('customer.edit', 'paused');
    const one = p.one();
    await p.deliver([p.received(one, receives, firstMsAgo)]);
    return (await p.backlog.seen([one])).get(one)?.settled;
  };
  assert.equal(await marked(1, 1_000), false);
  assert.equal(await marked(1, 300_000), true);
});

test('removes only settled items from the backlog of a trigger that became active', async () => {
  for (const isSettled of [true, false]) {
    const p = await protocol();
    await p.state('customer.edit', 'draining');
    const one = p.one();
    let reads = 0;
    const triggers = wrapped(p.triggers, {
      async read(call) {
        // Between the put and the second look the trigger returns, and another function settles the message.
        if (reads++ === 1) {
          await p.triggers.move('customer.edit', 'finish');
          await p.triggers.move('customer.edit', 'activate');
          if (isSettled) await p.backlog.release(one, p.world.now);
        }
        return call();
      },
    });
    await p.deliver([p.received(one, 2, 301_000)], { triggers });
    assert.equal((await p.parked()).length, isSettled ? 0 : 1);
  }
});

test('counts only pending notifications behind a waiting one: no test calls, no settled ones', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  const [head, pending, sent, settled] = [p.one(), p.one(), p.one({ test: true }), p.one()];
  await p.backlog.release(settled, p.world.now);
  await p.deliver([head, pending, sent, settled].map((one) => p.received(one, 2)));
  const counts = (await p.backlog.retryCounts()).get('customer.edit');
  assert.deepEqual(counts, { waiting: 1, behind: 1 });
});

test('an internal error returns a record with the delay of its most often received message', async () => {
  const p = await protocol();
  const silent = () => Promise.reject(new Error('silent'));
  const backlog = wrapped(p.backlog, { seen: silent });
  const [often, once] = [p.received(p.one(), 400), p.received(p.one(), 1)];
  await p.deliver([often], { backlog });
  const [alone] = p.returned.map(({ seconds }) => seconds);
  await p.deliver([once, often], { backlog });
  assert.deepEqual(
    p.returned.map(({ seconds }) => seconds),
    [alone, alone, alone],
  );
  assert.ok((alone ?? 0) > 5);
});

test('makes no request to the tables for a batch without a readable message', async () => {
  const p = await protocol();
  const bad = p.received(p.one());
  const written: unknown[] = [];
  const log = { write: async (entries: unknown) => void written.push(entries) };
  p.dynamodb.requests.length = 0;
  await p.deliver([{ ...bad, body: '{"v":9}' }], { log });
  assert.deepEqual([written, p.dynamodb.requests.length], [[], 0]);
});

test('makes no request to the queue if no message must wait', async () => {
  const p = await protocol();
  let returns = 0;
  const queue = { sendToDeadLetters: async () => {}, returnToQueue: async () => void returns++ };
  await p.deliver([p.received(p.one())], { queue });
  assert.equal(returns, 0);
});

test('custom headers replace defaults, and a replaced secret signs until its time is over', async () => {
  const p = await protocol();
  const seen: Readonly<Record<string, string>>[] = [];
  const call = async (_: string, headers: Readonly<Record<string, string>>) => {
    seen.push(headers);
    return ok;
  };
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const old = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
  const secrets = (until: number) => ({
    of: async () => ({ secret, replaced: [{ secret: old, until }], headers: { 'x-own': '1' } }),
  });
  for (const until of [p.world.now + 1, p.world.now, p.world.now - 1])
    await p.deliver([p.received(p.one())], { call, secrets: secrets(until) });
  assert.deepEqual(
    seen.map((headers) => headers['webhook-signature']?.split(' ').length),
    [2, 1, 1],
  );
  assert.deepEqual([seen[0]?.accept, seen[0]?.['x-own']], ['*/*', '1']);
});
