import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counting, draining, looksAt, parked } from '../support/drain-scenes.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';

test('an attempt needs its own time and five seconds more', async () => {
  for (const [limit, calls] of [
    [14_999, 0],
    [15_000, 1],
  ] as const) {
    const p = await protocol();
    await draining(p);
    await p.drain({}, limit);
    assert.equal(p.calls.length, calls);
  }
});

test('does not drain a trigger that another function drains', async () => {
  const p = await protocol();
  await draining(p);
  assert.equal(await p.triggers.lease('customer.edit', p.world.now + HOUR, p.world.now), true);
  await p.drain();
  assert.equal(p.calls.length, 0);
});

test('a pass stops at ten consecutive failures and parks its trigger with the latest response', async () => {
  const p = await protocol({ receiver: () => responded(502) });
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 30 }, (_, i) => p.one({ record: record(i) })));
  await p.drain({ concurrency: 1 });
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([p.calls.length, now?.state, now?.parkedBecause], [10, 'parked', 'HTTP 502']);
});

test('a success resets the count of consecutive failures', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (sequence === '9' ? ok : responded(500)) });
  await p.state('customer.edit', 'draining');
  await p.park(
    Array.from({ length: 18 }, (_, i) =>
      p.one({ record: record(i), sequence: String(i), changedAt: p.world.now - 60_000 + i }),
    ),
  );
  await p.drain({ concurrency: 1 }, 15_500);
  assert.deepEqual([p.calls.length, await p.stateOf()], [18, 'draining']);
});

test('stores the response to a probe, and postpones the next one', async () => {
  const p = await protocol({ receiver: () => responded(503) });
  await parked(p);
  await p.drain();
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.probeAt, now?.probeDelay, now?.parkedBecause], [p.world.now + 60_000, 60_000, 'HTTP 503']);
});

test('does not change a paused trigger', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'paused');
  await p.park([p.one()]);
  await p.drain();
  assert.deepEqual([p.calls.length, await p.stateOf(), (await p.parked()).length], [0, 'paused', 1]);
});

test('moves notifications to Failed with the last response, or as never attempted', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const old = { changedAt: p.world.now - 73 * HOUR };
  await p.backlog.park(
    [
      { notification: p.one(old), attempts: 0, firstAttempt: 0, response: '', nextTry: 0 },
      {
        notification: p.one({ ...old, record: record(2) }),
        attempts: 4,
        firstAttempt: 1,
        response: 'HTTP 500',
        nextTry: 0,
      },
    ],
    p.world.now - 60_000,
  );
  await p.drain();
  assert.deepEqual(
    new Map((await p.failed()).map(({ reason, attempts }) => [reason, attempts])),
    new Map([
      ['never attempted', 0],
      ['HTTP 500', 4],
    ]),
  );
});

test('a retry in a backlog waits for its time, and keeps its attempts and first attempt', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'draining');
  const notification = p.one();
  await p.backlog.park(
    [{ notification, attempts: 2, firstAttempt: 77, response: 'x', nextTry: p.world.now + 5_000 }],
    p.world.now - 60_000,
  );
  await p.drain({}, 15_000);
  assert.equal(p.calls.length, 0);
  p.world.now += 5_000;
  const at = p.world.now;
  await p.drain({ retryDelays: [5, 30, 120, 600], random: () => 0.5 }, 15_000);
  const [kept] = await p.parked();
  assert.deepEqual([p.calls[0]?.attempt, kept?.attempts, kept?.firstAttempt, kept?.response], [3, 3, 77, 'HTTP 500']);
  assert.ok((kept?.nextTry ?? 0) >= at + 60_000 && (kept?.nextTry ?? 0) <= at + 180_000);
});

test('does not drain a trigger that became active before its lease was taken', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'finishing');
  const { counted } = counting(p.triggers, 'lease', () => p.triggers.move('customer.edit', 'activate'));
  await p.drain({ triggers: counted });
  assert.deepEqual(p.logged, []);
  assert.equal(looksAt(p), 0);
});

for (const state of ['parked', 'draining'] as const)
  test(`a URL that is set during the read of a ${state} trigger's backlog keeps the backlog`, async () => {
    const p = await protocol({ urls: [] });
    await p.state('customer.edit', state);
    await p.park([p.one()]);
    const set = (call: number) =>
      call === 3
        ? p.triggers.writeUrl('customer.edit', 'https://receiver.example/new', p.world.now)
        : Promise.resolve();
    const { counted } = counting(p.triggers, 'read', set);
    await p.drain({ triggers: counted });
    assert.equal((await p.failed()).length, 0);
    await p.drain();
    assert.deepEqual([p.calls.map(({ url }) => new URL(url).pathname), await p.stateOf()], [['/new'], 'active']);
    assert.ok(!p.logged.includes('drain failed'));
  });

test('makes no more calls after the URL is cleared during a pass', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park([p.one(), p.one({ record: record(2) })]);
  p.world.receiver = async () => {
    await p.triggers.writeUrl('customer.edit', undefined, p.world.now);
    p.world.now += 1_000;
    return ok;
  };
  await p.drain({ concurrency: 1 });
  assert.deepEqual([p.calls.length, (await p.failed()).length, (await p.parked()).length], [1, 1, 0]);
});
