import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counting, looksAt, parked } from '../support/drain-scenes.ts';
import { measured } from '../support/late.ts';
import { protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';

test('a probe is due exactly at its time, also with an empty backlog', async () => {
  const empty = await protocol();
  await empty.state('customer.edit', 'parked', empty.world.now);
  await empty.drain();
  assert.equal(await empty.stateOf(), 'active');
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked', p.world.now);
  await p.park([p.one()]);
  const { made, counted } = counting(p.triggers, 'read', async () => {});
  await p.drain({ triggers: counted });
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([p.calls.length, now?.probeDelay], [1, 60_000]);
  assert.equal(made.calls, 3, 'and the run ends with it: its two looks, and the one before the call');
});

for (const state of ['parked', 'draining'] as const)
  test(`attempts an item of a ${state} trigger exactly at its time and at an age of two seconds`, async () => {
    const p = await protocol();
    await p.state('customer.edit', state);
    await p.backlog.park(
      [{ notification: p.one(), attempts: 1, firstAttempt: 5, response: 'x', nextTry: p.world.now }],
      p.world.now - 2_000,
    );
    await p.drain({}, 15_500);
    assert.equal(p.calls.length, 1);
  });

test('stores the success of a probe, and writes its metrics and log', async () => {
  const p = await protocol();
  await parked(p);
  const { all, metrics } = measured();
  const entries: object[] = [];
  await p.drain({ metrics, log: { write: async (some: object[]) => void entries.push(...some) } });
  const now = (await p.triggers.read(['customer.edit'])).get('customer.edit');
  assert.deepEqual([now?.state, now?.lastSuccess, entries.length], ['active', p.world.now, 1]);
  assert.ok(all.lastIndexOf('written') > all.indexOf('drained customer.edit'));
});

test('a probe reads only one page if its times span long enough', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked');
  const at = p.world.now - HOUR;
  await p.park(Array.from({ length: 600 }, (_, i) => p.one({ record: record(i), changedAt: at + i * 1_000 })));
  p.dynamodb.requests.length = 0;
  await p.drain();
  assert.deepEqual([p.calls.length, looksAt(p)], [10, 1]);
});

test('a probe finds the first notification of a record on the next page', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked');
  const at = p.world.now - HOUR;
  const others = Array.from({ length: 499 }, (_, i) => ({
    ...{ notification: p.one({ record: record(i), changedAt: at, sequence: '5' }) },
    ...{ attempts: 1, firstAttempt: 1, response: 'x', nextTry: 0 },
  }));
  await p.backlog.park(others, p.world.now - 60_000);
  await p.park([
    p.one({ record: 'f'.repeat(64), sequence: '101', changedAt: at + 1_000 }),
    p.one({ record: 'f'.repeat(64), sequence: '100', changedAt: at + 2_000 }),
  ]);
  await p.drain();
  const sequences = p.calls.map(({ sequence }) => sequence);
  assert.deepEqual([sequences.includes('100'), sequences.includes('101')], [true, false]);
});

test('calls a partly read record once for each of its notifications', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const at = p.world.now - HOUR;
  const ours = [0, 6_000, 7_000].map((after, i) =>
    p.one({ record: 'f'.repeat(64), sequence: String(i + 1), changedAt: at + after }),
  );
  const others = Array.from({ length: 498 }, (_, i) => p.one({ record: record(i), changedAt: at, sequence: '9' }));
  await p.park([...others, ...ours]);
  const { all, metrics } = measured();
  await p.drain({ metrics });
  assert.equal(p.calls.length, 501);
  assert.deepEqual(
    p.calls.filter(({ sequence }) => sequence !== '9').map(({ sequence }) => sequence),
    ['1', '2', '3'],
  );
  const delivered = (some: readonly string[]) => some.filter((one) => one.startsWith('drained')).length;
  const between = all.flatMap((one, i) => (one === 'written' ? [delivered(all.slice(0, i))] : []));
  assert.ok(
    between.some((count) => count > 0 && count < 501),
    'what was measured is written after each page',
  );
});
