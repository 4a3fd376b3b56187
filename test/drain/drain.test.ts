import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { down, MINUTE, ok, waiting, world } from '../support/drain-world.ts';

mock.method(console, 'log', () => {});

test('a drained backlog arrives complete, each record in its order, at most 50 side by side, and the trigger is active again', async () => {
  const names = Array.from({ length: 1200 }, (_, i) => `r${i % 120}-${Math.floor(i / 120)}`);
  const w = await world(
    'draining',
    names.map((name) => waiting(name)),
  );
  await w.run(3_000);
  assert.deepEqual([...w.calls].sort(), [...names].sort());
  for (let r = 0; r < 120; r++)
    assert.deepEqual(
      w.calls.filter((call) => call.startsWith(`r${r}-`)),
      names.filter((name) => name.startsWith(`r${r}-`)),
    );
  assert.equal(w.most(), 50);
  assert.deepEqual([w.now()?.state, w.now()?.consecutiveFailures, w.backlog.parkedItems.size], ['active', 0, 0]);
});

/** So long until the next hour begins. */
const untilTheHour = ({ clock }: Awaited<ReturnType<typeof world>>) => 3_600_000 - (clock.now() % 3_600_000);

test('delivers an item that was left in the backlog of an active trigger, in the first minute of an hour', async () => {
  const w = await world('active', [waiting('r1-1')]);
  await w.run(untilTheHour(w));
  assert.deepEqual(
    [w.calls, w.now()?.state],
    [[], 'active'],
    'it can still belong to a message that waits for a retry',
  );
  await w.run(untilTheHour(w) - 1);
  assert.deepEqual([w.calls, w.now()?.state], [[], 'active']);
  await w.run(1);
  assert.deepEqual([w.calls, w.now()?.state, w.backlog.parkedItems.size], [['r1-1'], 'active', 0]);
});

test('checks the backlogs of active triggers until the first minute of an hour is over', async () => {
  for (const [late, calls] of [
    [59_999, 1],
    [60_000, 0],
  ] as const) {
    const w = await world('active', [waiting('r1-1')]);
    await w.run(untilTheHour(w) + 3_600_000 + late);
    assert.equal(w.calls.length, calls);
  }
});

test('takes an item of an active trigger for one that was left when it is 30 minutes old', async () => {
  for (const [age, calls] of [
    [1_800_000, 1],
    [1_799_999, 0],
  ] as const) {
    const w = await world('active', []);
    await w.clock.until(() => false, w.clock.now() + untilTheHour(w) + 3_600_000 - age);
    await w.backlog.park([{ ...unattempted, notification: waiting('r1-1') }], w.clock.now());
    await w.run(age);
    assert.equal(w.calls.length, calls);
  }
});

test('a check of an active trigger that fails stops no other drain', async () => {
  const w = await world('active', [waiting('r1-1')]);
  w.backlog.parked = () => Promise.reject(new Error('silent'));
  await w.run(untilTheHour(w) + 3_600_000);
  assert.deepEqual([w.calls.length, w.now()?.state], [0, 'active']);
});

test('keeps a trigger active when it checks its backlog and finds it empty', async () => {
  const w = await world('active', []);
  const before = { ...w.now() };
  await w.run(untilTheHour(w));
  assert.deepEqual(w.now(), before);
});

test('a parked trigger is probed when its time has come, with the first of up to ten records', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `r${i % 20}-${Math.floor(i / 20)}`);
  const w = await world(
    'parked',
    names.map((name) => waiting(name)),
    () => down,
  );
  await w.run(29_000);
  assert.equal(w.calls.length, 0);
  await w.run(2_000);
  assert.equal(w.calls.length, 10);
  assert.ok(w.calls.every((call) => call.endsWith('-0')));
  assert.equal(w.now()?.state, 'parked');
  assert.equal(w.now()?.probeDelay, 60_000, 'the next probe comes after twice the time');
  await w.run(61_000);
  assert.equal(new Set(w.calls).size, 20, 'records not yet tried come first');
});

test('probes come an hour apart at the most', async () => {
  const w = await world('parked', [waiting('r1-0')], () => down);
  for (let i = 0; i < 10; i++) await w.run((w.now()?.probeDelay ?? 0) + 1_000);
  assert.equal(w.now()?.probeDelay, 3_600_000);
});

test('a notification of a record not yet tried makes a probe due at once, but 30 s after the one before', async () => {
  const w = await world('parked', [waiting('r1-0')], () => down);
  await w.run(31_000);
  await w.run(61_000);
  assert.equal(w.now()?.probeDelay, 120_000);
  await w.backlog.park([{ ...unattempted, notification: waiting('r2-0') }], w.clock.now());
  await w.run(20_000);
  assert.equal(w.calls.length, 2);
  await w.run(12_000);
  assert.ok(w.calls.includes('r2-0'));
  assert.equal(w.now()?.probeDelay, 120_000, 'and the time between the others stays');
});

test('a parked trigger with nothing in its backlog is active again when a probe is due, and not before', async () => {
  const w = await world('parked', []);
  await w.run(20_000);
  assert.equal(w.now()?.state, 'parked', 'what made it park may still wait for a retry in the queue');
  await w.run(11_000);
  assert.equal(w.now()?.state, 'active');
});

test('one success of a probe drains the backlog', async () => {
  const w = await world(
    'parked',
    ['r1-0', 'r2-0', 'r2-1'].map((name) => waiting(name)),
    (call) => (call === 'r1-0' ? down : ok),
  );
  await w.run(31_000);
  assert.deepEqual(w.calls.slice(0, 3).sort(), ['r1-0', 'r2-0', 'r2-1']);
  assert.equal(w.now()?.state, 'draining');
  assert.ok(w.backlog.parkedItems.size === 1);
});

test('what a healthy receiver alone rejects moves to Failed after its attempts, and what is behind it goes on', async () => {
  const rejected = waiting('r1-0');
  const w = await world('draining', [rejected, waiting('r1-1'), waiting('r2-0')], (call) =>
    call === 'r1-0' ? { status: 400, body: '' } : ok,
  );
  for (let minutes = 0; minutes < 30 && w.now()?.state !== 'active'; minutes += 5) await w.run(3_000);
  assert.equal(w.now()?.state, 'active');
  assert.equal(w.calls.filter((call) => call === 'r1-0').length, 5);
  assert.partialDeepStrictEqual(
    [...w.backlog.failedItems.values()],
    [{ id: rejected.id, reason: 'HTTP 400', attempts: 5 }],
  );
  assert.equal(w.calls.at(-1), 'r1-1');
});

test('when whatever is tried fails again, the trigger is parked again, and no more is tried', async () => {
  const w = await world(
    'draining',
    Array.from({ length: 200 }, (_, i) => waiting(`r${i}-0`)),
    () => down,
  );
  await w.run(3_000);
  assert.equal(w.now()?.state, 'parked');
  assert.ok(w.calls.length < 100, `${w.calls.length} calls`);
  assert.equal(w.backlog.parkedItems.size, 200);
});

const blocked: CallResult = { blocked: 'leads to an address that is not public' };

test('a URL that may not be called is tried ever more rarely, and pending notifications for it is moved to Failed after 72 hours', async () => {
  const w = await world('parked', [waiting('r1-0'), waiting('r1-1')], () => blocked);
  const began = w.clock.now();
  let rests = 0;
  while (w.backlog.parkedItems.size > 0 && rests++ < 200) await w.run((w.now()?.probeDelay ?? 0) + 1_000);
  assert.deepEqual([w.backlog.failedItems.size, w.now()?.probeDelay], [2, 3_600_000]);
  assert.ok(w.clock.now() - began >= 72 * 3_600_000);
  assert.ok(w.calls.length <= 7 + 72, `${w.calls.length} attempts in 72 hours`);
  assert.equal([...w.backlog.failedItems.values()][0]?.reason, 'leads to an address that is not public');
});

test('a URL that may not be called any more parks its trigger again at once, and says why', async () => {
  const w = await world(
    'draining',
    ['r1-0', 'r1-1', 'r2-0'].map((name) => waiting(name)),
    (call) => (call === 'r1-0' ? ok : blocked),
  );
  await w.run(3_000);
  assert.deepEqual([w.now()?.state, w.now()?.parkedBecause], ['parked', 'leads to an address that is not public']);
  assert.deepEqual([w.calls.length, w.backlog.parkedItems.size, w.backlog.failedItems.size], [2, 2, 0]);
});

test('what may not be called waits on, though it has had all its attempts and others were delivered meanwhile', async () => {
  const w = await world('parked', [], () => blocked);
  const now = w.clock.now();
  w.triggers.put('customer.edit', { ...(w.now() ?? assert.fail()), lastSuccess: now });
  const tried = { attempts: 4, firstAttempt: now - 1_000, response: 'HTTP 500', nextTry: 0 };
  await w.backlog.park([{ ...tried, notification: waiting('r1-0', now) }], now);
  await w.run(31_000);
  assert.deepEqual([w.calls.length, w.backlog.parkedItems.size, w.backlog.failedItems.size], [1, 1, 0]);
});

test('once its URL may be called again, all of its backlog arrives', async () => {
  let may = false;
  const names = ['r1-0', 'r1-1', 'r2-0'];
  const w = await world(
    'parked',
    names.map((name) => waiting(name)),
    () => (may ? ok : blocked),
  );
  await w.run(31_000);
  may = true;
  for (let i = 0; i < 10 && w.now()?.state !== 'active'; i++) await w.run(61_000);
  assert.deepEqual([w.now()?.state, w.backlog.parkedItems.size, w.backlog.failedItems.size], ['active', 0, 0]);
});

test('a parked trigger shows what its latest probe was responded', async () => {
  const w = await world('parked', [waiting('r1-0')], () => down);
  await w.run(31_000);
  assert.equal(w.now()?.parkedBecause, 'HTTP 503');
});

test('what was parked within the latest two seconds is not taken yet', async () => {
  const w = await world('draining', []);
  await w.backlog.park([{ ...unattempted, notification: waiting('r1-0') }], w.clock.now());
  const parkedAt = w.clock.now();
  await w.run(0);
  assert.deepEqual(w.calls, ['r1-0']);
  assert.ok(w.clock.now() - parkedAt >= 2_000);
});

test('what has waited 72 hours is moved to Failed, in whatever state its trigger is', async () => {
  for (const state of ['parked', 'paused', 'draining'] as const) {
    const w = await world(state, [waiting('r1-0', 1_759_000_000_000), waiting('r2-0')], () => down);
    await w.run(31_000);
    assert.deepEqual(
      [...w.backlog.failedItems.values()].map(({ changedAt }) => changedAt),
      [1_759_000_000_000],
      state,
    );
  }
});

test('a paused trigger is left alone', async () => {
  const w = await world('paused', [waiting('r1-0')]);
  await w.run(3_600_000);
  assert.deepEqual([w.calls.length, w.now()?.state], [0, 'paused']);
});

test('410 pauses the trigger, also while it is drained', async () => {
  const w = await world(
    'draining',
    ['r1-0', 'r2-0'].map((name) => waiting(name)),
    () => ({ status: 410, body: '' }),
  );
  await w.run(3_000);
  assert.deepEqual([w.now()?.state, w.now()?.pausedBy, w.backlog.parkedItems.size], ['paused', 'gone', 2]);
});

test('410 pauses the trigger also when it responds the last attempt', async () => {
  const w = await world('draining', []);
  const tried = { attempts: 4, firstAttempt: 1, response: 'HTTP 500', nextTry: 0 };
  await w.backlog.park([{ ...tried, notification: waiting('r1-0') }], w.clock.now());
  await w.triggers.clearFailures('customer.edit', w.clock.now());
  w.response(() => ({ status: 410, body: '' }));
  await w.run(3_000);
  assert.deepEqual([w.now()?.state, w.backlog.parkedItems.size, w.backlog.failedItems.size], ['paused', 1, 0]);
});

test('a URL entered and a pause made during a pass over the backlog take effect within a second', async () => {
  const w = await world(
    'draining',
    Array.from({ length: 400 }, (_, i) => waiting(`r1-${i}`)),
  );
  void w.clock.sleep(3_500).then(() => w.triggers.writeUrl('customer.edit', 'https://y/', 0));
  void w.clock.sleep(5_500).then(() => w.triggers.move('customer.edit', 'pause'));
  await w.run(3_000);
  const { size } = w.backlog.parkedItems;
  // A call takes 10 ms: 50 to 150 to the old URL, at most 300 to the new one before it is paused.
  assert.ok(size >= 50, `${size} still wait`);
  const first = w.urls.indexOf('https://y/');
  assert.ok(first >= 50 && first <= 150, `the new URL is used from call ${first} on`);
  assert.ok(w.urls.slice(first).every((url) => url === 'https://y/'));
});

test('a trigger that somebody else drains is left to them, until their lease runs out', async () => {
  const w = await world('draining', [waiting('r1-0')]);
  await w.triggers.lease('customer.edit', w.clock.now() + 10 * MINUTE, w.clock.now());
  await w.run(3_000);
  assert.equal(w.calls.length, 0);
  await w.run(10 * MINUTE);
  assert.equal(w.calls.length, 1);
});

test('moves the backlog of a trigger without a URL to Failed', async () => {
  const w = await world('draining', [waiting('r1-0')]);
  await w.triggers.writeUrl('customer.edit', undefined, 0);
  await w.run(3_000);
  assert.deepEqual([w.calls.length, w.backlog.parkedItems.size, w.now()?.state], [0, 0, 'active']);
  assert.deepEqual(
    [...w.backlog.failedItems.values()].map(({ reason }) => reason),
    ['no URL is set for customer.edit'],
  );
});

test('a page of a backlog is one write to the delivery log, and a probe is another', async () => {
  const names = Array.from({ length: 1200 }, (_, i) => `r${i}-0`);
  const w = await world(
    'parked',
    names.map((name) => waiting(name)),
  );
  await w.run(31_000);
  assert.deepEqual([w.now()?.state, w.log.entries.length], ['active', 1200]);
  assert.ok(w.log.writes <= 4, `${w.log.writes} writes for 1,190 in three pages, and a probe`);
  assert.equal(new Set(w.log.entries.map(({ id }) => id)).size, 1200);
});

test('what fails in a drain is logged too, with the number of its attempt', async () => {
  const w = await world('draining', []);
  const tried = { attempts: 2, firstAttempt: 1, response: 'HTTP 500', nextTry: 0 };
  await w.backlog.park([{ ...tried, notification: waiting('r1-0') }], w.clock.now());
  w.response(() => ({ status: 503, body: 'later' }));
  await w.run(3_000);
  assert.partialDeepStrictEqual(w.log.entries[0], {
    attempt: 3,
    outcome: 'failed',
    response: 'HTTP 503',
    body: 'later',
  });
});

test('attempts are logged also when the result of one cannot be written down, and a log that fails stops no drain', async () => {
  const parked = Array.from({ length: 5 }, (_, i) => waiting(`r${i}-0`));
  const w = await world('draining', parked);
  const unpark = mock.method(w.backlog, 'unpark');
  unpark.mock.mockImplementationOnce(async () => assert.fail('no response'), 2);
  await w.run(3_000);
  assert.equal(w.log.entries.length, 5);
  const failing = await world('draining', parked);
  mock.method(failing.log, 'write', async () => assert.fail('no response'));
  await failing.run(3_000);
  assert.deepEqual([failing.now()?.state, failing.calls.length], ['active', 5]);
});
