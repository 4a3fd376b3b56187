import assert from 'node:assert/strict';
import { test } from 'node:test';
import { late, measured } from '../support/late.ts';
import { protocol, responded } from '../support/protocol.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

const turn = () => new Promise(setImmediate);

/** Timers that only the test fires. */
function timers() {
  const open = new Set<{ readonly milliseconds: number; readonly act: () => void }>();
  return {
    open,
    after(milliseconds: number, act: () => void) {
      const timer = { milliseconds, act };
      open.add(timer);
      return () => void open.delete(timer);
    },
    /** Fires the timer of this length, and waits for its work. */
    async fire(milliseconds: number) {
      const timer = [...open].find((one) => one.milliseconds === milliseconds);
      assert.ok(timer, `a timer of ${milliseconds} ms`);
      open.delete(timer);
      timer.act();
      for (let turns = 0; turns < 20; turns++) await turn();
    },
  };
}

test('a batch reads its triggers each second, and aborts attempts of a trigger that another function parked', async () => {
  const p = await protocol();
  const time = timers();
  const seen: boolean[] = [];
  const call = async (_: string, __: object, cut: AbortSignal) => {
    await time.fire(1_000);
    seen.push(cut.aborted);
    await time.fire(1_000);
    seen.push(cut.aborted);
    await p.state('customer.edit', 'parked', p.world.now + HOUR);
    p.dynamodb.requests.length = 0;
    await time.fire(1_000);
    seen.push(cut.aborted);
    assert.equal(p.dynamodb.requests.length, 1, 'one look at its trigger');
    await time.fire(1_000);
    assert.equal(p.dynamodb.requests.length, 1, 'nothing is attempted any more');
    return responded(500);
  };
  await p.deliver([p.received(p.one())], { call, after: time.after });
  assert.deepEqual(seen, [false, false, true]);
  assert.equal(time.open.size, 0, 'every timer is ended');
  const consecutiveFailures = (await p.triggers.read(['customer.edit'])).get('customer.edit')?.consecutiveFailures;
  assert.equal(consecutiveFailures, 0, 'an attempt that was cut off counts as no failure');
});

test('a failed read of the triggers is repeated; no read follows the end of the batch', async () => {
  const p = await protocol();
  const time = timers();
  let isSilent = false;
  const triggers = wrapped(p.triggers, {
    read: (call) => (isSilent ? Promise.reject(new Error('silent')) : call()),
  });
  const call = async () => {
    isSilent = true;
    await time.fire(1_000);
    assert.ok([...time.open].some(({ milliseconds }) => milliseconds === 1_000));
    isSilent = false;
    // Fires it without waiting for what it does.
    const timer = [...time.open].find(({ milliseconds }) => milliseconds === 1_000);
    if (timer) time.open.delete(timer);
    timer?.act();
    return responded(200);
  };
  assert.deepEqual(await p.deliver([p.received(p.one())], { call, triggers, after: time.after }), []);
  for (let turns = 0; turns < 20; turns++) await turn();
  assert.equal(time.open.size, 0);
});

test('a slow response counts as one failure before it arrives; deliver waits until it is counted', async () => {
  const p = await protocol();
  const time = timers();
  const { slow, pending } = late(p.triggers, ['countFailure']);
  const { all, metrics } = measured();
  const call = async () => {
    const timer = [...time.open].find(({ milliseconds }) => milliseconds !== 1_000);
    assert.equal(timer?.milliseconds, 5_000);
    timer?.act();
    return responded(200);
  };
  await p.deliver([p.received(p.one())], { call, metrics, triggers: slow, after: time.after });
  assert.equal(pending.size, 0);
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.consecutiveFailures, now?.state], [1, 'active']);
  assert.deepEqual(all, ['attempt customer.edit 0', 'delivered customer.edit', 'delay customer.edit 60000', 'written']);
});

test('a slow response to a test call or a redelivered notification does not count as a failure', async () => {
  for (const what of [{ test: true }, { redelivered: 1 }] as const) {
    const p = await protocol();
    const time = timers();
    const call = async () => {
      for (const { milliseconds, act } of time.open) if (milliseconds > 1_000) act();
      return responded(200);
    };
    await p.deliver([p.received(p.one(what))], { call, after: time.after });
    assert.equal((await p.triggers.read(['customer.edit'])).get('customer.edit')?.consecutiveFailures, 0);
  }
});
