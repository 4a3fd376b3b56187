import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallResult } from '../../functions/core/outcome.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { wrapped } from '../support/wrapped.ts';

type World = Awaited<ReturnType<typeof protocol>>;

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
  test(`aborts the other attempts of a batch when one ${what}`, async () => {
    const p = await protocol();
    await prepare?.(p);
    const cuts: boolean[] = [];
    await p.deliver(batchOf(p, 2), { call: firstFails(response, cuts) });
    assert.deepEqual(cuts, [true]);
    assert.notEqual(await p.stateOf(), 'active');
  });

test('aborts the other attempts of a batch when another function has parked the trigger before a failure is counted', async () => {
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

test('one failure aborts no other attempt', async () => {
  const p = await protocol();
  const cuts: boolean[] = [];
  await p.deliver(batchOf(p, 2), { call: firstFails(responded(500), cuts) });
  assert.deepEqual(cuts, [false]);
});

test('resets the failures once, with the first success after a failure of the same batch', async () => {
  const p = await protocol();
  const clears: number[] = [];
  const triggers = wrapped(p.triggers, {
    clearFailures(call, _trigger: string, at: number) {
      clears.push(at);
      return call();
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

test('a slow response to a redelivered notification or a test call does not count', async () => {
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
