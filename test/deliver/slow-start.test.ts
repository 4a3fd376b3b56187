import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { Call } from '../../functions/adapters/http-call.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { message, notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

const batch = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    message(notification({ record: record(i), formattedString: `?AccountID=a${i}` })),
  );

/** A function that has not called its receiver lately. Its calls end only when the test lets them. */
function cold(overrides: Parameters<typeof world>[1] = {}) {
  const open: ((response: CallResult) => void)[] = [];
  const timers: { milliseconds: number; act: () => void }[] = [];
  let made = 0;
  const call: Call = () =>
    new Promise((resolve) => {
      made++;
      open.push(resolve);
    });
  const w = world(
    { 'customer.edit': 'https://receiver.example/' },
    {
      call,
      deliveredAt: new Map(),
      after(milliseconds, act) {
        timers.push({ milliseconds, act });
        return () => {};
      },
      ...overrides,
    },
  );
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
  /** Fires the timers of this length. */
  const fire = async (milliseconds: number) => {
    for (const timer of timers.splice(0)) timer.milliseconds === milliseconds ? timer.act() : timers.push(timer);
    await turn();
  };
  const respond = async (status: number) => {
    for (const resolve of open.splice(0)) resolve({ status, body: '' });
    await turn();
  };
  return { ...w, fire, respond, turn, made: () => made };
}

/** The spread of the first calls of functions that begin at the same moment, with the test's chance of 0.5. */
const FIRST_MS = 125;

test('many notifications for a receiver that was not called lately begin with one call; each delivery allows one more', async () => {
  const w = cold();
  void deliver(batch(10), w.deps, A_MINUTE);
  await w.turn();
  assert.equal(w.made(), 0, 'functions that begin together spread their first calls');
  await w.fire(FIRST_MS);
  const made = [w.made()];
  for (let i = 0; i < 3; i++) {
    await w.respond(200);
    made.push(w.made());
  }
  assert.deepEqual(made, [1, 3, 7, 10]);
});

test('a receiver that throttles the first call gets no other call of the batch', async () => {
  const w = cold();
  const delivering = deliver(batch(10), w.deps, A_MINUTE);
  await w.turn();
  await w.fire(FIRST_MS);
  await w.respond(429);
  assert.equal((await delivering).batchItemFailures.length, 10);
  assert.equal(w.made(), 1);
  assert.equal(w.state(), 'parked');
});

test('no call is made if another function parked the trigger before the first one', async () => {
  const w = cold();
  const delivering = deliver(batch(10), w.deps, A_MINUTE);
  await w.turn();
  await w.triggers.move('customer.edit', 'park', { probeAt: Date.now() + 1_000, probeDelay: 1_000 });
  await w.fire(FIRST_MS);
  assert.equal((await delivering).batchItemFailures.length, 10);
  assert.equal(w.made(), 0);
});

test('after a second all calls are made, also if the receiver is slow', async () => {
  const w = cold();
  void deliver(batch(10), w.deps, A_MINUTE);
  await w.turn();
  await w.fire(FIRST_MS);
  assert.equal(w.made(), 1);
  await w.fire(1_000);
  assert.equal(w.made(), 10);
});

for (const [what, count, deliveredAt] of [
  ['a notification alone', 1, new Map()],
  ['a receiver that was called lately', 10, new Map([['customer.edit', Date.now()]])],
] as const)
  test(`the calls of ${what} are made at once`, async () => {
    const w = cold({ deliveredAt: new Map(deliveredAt) as Parameters<typeof deliver>[1]['deliveredAt'] });
    void deliver(batch(count), w.deps, A_MINUTE);
    await w.turn();
    assert.equal(w.made(), count);
  });

test('notifications of one record need no slow start, because they are called one after another', async () => {
  const w = cold();
  const one = batch(1)[0] ?? assert.fail();
  const lane = [one, message(notification({ record: record(0) }))];
  void deliver(lane, w.deps, A_MINUTE);
  await w.turn();
  assert.equal(w.made(), 1);
});

test('a function that delivered a batch needs no slow start for the next one', async () => {
  const w = cold();
  void deliver(batch(1), w.deps, A_MINUTE);
  await w.turn();
  await w.respond(200);
  void deliver(batch(10), w.deps, A_MINUTE);
  await w.turn();
  assert.equal(w.made(), 11);
});
