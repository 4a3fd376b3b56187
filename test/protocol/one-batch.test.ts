import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallResult } from '../../functions/core/outcome.ts';
import { ok, protocol, responded } from '../support/protocol.ts';

type World = Awaited<ReturnType<typeof protocol>>;

const record = (n: number) => n.toString(16).padStart(64, '0');
const turns = async (count = 50) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

/** Messages of as many records, each with one notification. */
const batchOf = (p: World, count: number) =>
  Array.from({ length: count }, (_, n) => p.received(p.one({ record: record(n), sequence: String(n) })));

/** A call that responds at once to the first record, and lets the attempt at the second see whether it is cut off. */
function firstFails(response: CallResult, cuts: boolean[]) {
  return async (_: string, headers: Readonly<Record<string, string>>, cut: AbortSignal) => {
    if (headers['crm-trigger-sequence'] === '0') return response;
    await turns();
    cuts.push(cut.aborted);
    return ok;
  };
}

const whatEnds: Readonly<Record<string, { readonly response: CallResult; prepare?: (p: World) => Promise<void> }>> = {
  'pauses its trigger': { response: responded(410) },
  'parks its trigger': { response: { blocked: 'a private address' } },
  'is the tenth consecutive failure': {
    response: responded(500),
    prepare: async (p) => {
      for (let n = 0; n < 9; n++) await p.triggers.countFailure('customer.edit', p.world.now);
    },
  },
};

for (const [what, { response, prepare }] of Object.entries(whatEnds))
  test(`cuts off the other attempts of a batch when one ${what}`, async () => {
    const p = await protocol();
    await prepare?.(p);
    const cuts: boolean[] = [];
    await p.deliver(batchOf(p, 2), { call: firstFails(response, cuts) });
    assert.deepEqual(cuts, [true]);
    assert.notEqual(await p.stateOf(), 'active');
  });

test('cuts off the other attempts of a batch when another function has parked the trigger before a failure is counted', async () => {
  const p = await protocol();
  const cuts: boolean[] = [];
  const call = firstFails(responded(500), cuts);
  await p.deliver(batchOf(p, 2), {
    call: async (url: string, headers: Record<string, string>, cut: AbortSignal) => {
      if (headers['crm-trigger-sequence'] === '0') await p.state('customer.edit', 'parked');
      return call(url, headers, cut);
    },
  });
  assert.deepEqual(cuts, [true]);
});

test('one failure cuts off no other attempt', async () => {
  const p = await protocol();
  const cuts: boolean[] = [];
  await p.deliver(batchOf(p, 2), { call: firstFails(responded(500), cuts) });
  assert.deepEqual(cuts, [false]);
});

test('resets the failures once, with the first success after a failure of the same batch', async () => {
  const p = await protocol();
  const clears: number[] = [];
  const triggers = new Proxy(p.triggers, {
    get(of, name) {
      const member = Reflect.get(of, name).bind(of);
      if (name !== 'clearFailures') return member;
      return (trigger: 'customer.edit', at: number) => {
        clears.push(at);
        return member(trigger, at);
      };
    },
  });
  // The first record fails, the others succeed one after another.
  const call = async (_: string, headers: Readonly<Record<string, string>>) => {
    const sequence = Number(headers['crm-trigger-sequence']);
    await turns(100 * sequence);
    return sequence === 0 ? responded(500) : ok;
  };
  await p.deliver(batchOf(p, 3), { call, triggers });
  assert.deepEqual(clears, [p.world.now]);
  assert.equal((await p.triggers.read(['customer.edit'])).get('customer.edit')?.consecutiveFailures, 0);
});

test('a slow response to a redelivered notification or to a test is not counted while it is awaited', async () => {
  for (const what of [{ redelivered: 1 }, { test: true }] as const) {
    const p = await protocol();
    const after = (milliseconds: number, act: () => void) => {
      if (milliseconds === 5_000) act();
      return () => {};
    };
    const consecutiveFailures: number[] = [];
    const call = async () => {
      await turns();
      consecutiveFailures.push(
        (await p.triggers.read(['customer.edit'])).get('customer.edit')?.consecutiveFailures ?? -1,
      );
      return ok;
    };
    await p.deliver([p.received(p.one(what))], { after, call });
    assert.deepEqual(consecutiveFailures, [0]);
  }
});

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

test('a test without a URL is not called', async () => {
  const p = await protocol({ urls: [] });
  const one = p.one({ test: true, changedAt: p.world.now });
  assert.deepEqual(await p.deliver([p.received(one)]), []);
  assert.deepEqual([p.calls, await p.backlog.testResult(one)], [[], undefined]);
});

test('marks a notification that it puts into the backlog only when its message was received before or may be shared', async () => {
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

test('takes out of the backlog of a trigger that returned only what another function has settled', async () => {
  for (const isSettled of [true, false]) {
    const p = await protocol();
    await p.state('customer.edit', 'draining');
    const one = p.one();
    let reads = 0;
    const triggers = new Proxy(p.triggers, {
      get(of, name) {
        const member = Reflect.get(of, name).bind(of);
        if (name !== 'read') return member;
        return async (...all: unknown[]) => {
          // Between the put and the second look the trigger returns, and another function settles the message.
          if (reads++ === 1) {
            await of.move('customer.edit', 'finish');
            await of.move('customer.edit', 'activate');
            if (isSettled) await p.backlog.release(one, p.world.now);
          }
          return member(...all);
        };
      },
    });
    await p.deliver([p.received(one, 2, 301_000)], { triggers });
    assert.equal((await p.parked()).length, isSettled ? 0 : 1);
  }
});

test('counts behind a notification that waits only what is pending: no test, and nothing that was settled before', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  const [head, pending, sent, settled] = [p.one(), p.one(), p.one({ test: true }), p.one()];
  await p.backlog.release(settled, p.world.now);
  await p.deliver([head, pending, sent, settled].map((one) => p.received(one, 2)));
  const counts = (await p.backlog.retryCounts()).get('customer.edit');
  assert.deepEqual(counts, { waiting: 1, behind: 1 });
});

test('an internal error returns a record for as long as its most often received message asks', async () => {
  const p = await protocol();
  const silent = () => Promise.reject(new Error('silent'));
  const backlog = new Proxy(p.backlog, {
    get: (of, name) => (name === 'seen' ? silent : Reflect.get(of, name).bind(of)),
  });
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

test('writes nothing to the delivery log, and reads nothing, when a batch has no message that can be read', async () => {
  const p = await protocol();
  const bad = p.received(p.one());
  const written: unknown[] = [];
  const log = { write: async (entries: unknown) => void written.push(entries) };
  p.dynamodb.requests.length = 0;
  await p.deliver([{ ...bad, body: '{"v":9}' }], { log });
  assert.deepEqual([written, p.dynamodb.requests.length], [[], 0]);
});

test('returns nothing to the queue when nothing has to wait', async () => {
  const p = await protocol();
  let returns = 0;
  const queue = { sendToDeadLetters: async () => {}, returnToQueue: async () => void returns++ };
  await p.deliver([p.received(p.one())], { queue });
  assert.equal(returns, 0);
});

test('sends the headers of a trigger over its own default, and a replaced secret until its time is over', async () => {
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
