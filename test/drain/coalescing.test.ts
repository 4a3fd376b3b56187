import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { down, ok, waiting, world } from '../support/drain-world.ts';
import { HOUR, MINUTE } from '../support/time.ts';

mock.method(console, 'log', () => {});

const T0 = 1_760_000_000_000;

/** `count` edits of each of these records, in turn, a second apart. */
const edits = (records: number, count: number) =>
  Array.from({ length: records * count }, (_, i) => ({
    ...waiting(`r${1 + (i % records)}-${1 + Math.floor(i / records)}`, T0 + 1000 * Math.floor(i / records)),
    formattedString: `?AccountID=r${1 + (i % records)}`,
  }));

async function coalescing(...args: Parameters<typeof world>) {
  const w = await world(...args);
  w.change({ coalesce: true });
  const headers: Record<string, string>[] = [];
  const { call } = w.deps;
  w.deps.call = (url, sent, cut) => {
    headers.push(sent);
    return call(url, sent, cut);
  };
  const merged = () => w.log.entries.filter(({ outcome }) => outcome === 'merged');
  return { ...w, headers, merged };
}

for (const state of ['parked', 'draining'] as const)
  test(`a backlog of 10,000 edits of 500 records becomes 500 calls of a trigger that was ${state}, and each ID is in the log`, async () => {
    const all = edits(500, 20);
    const w = await coalescing(state, all);
    for (let runs = 0; runs < 5 && w.now()?.state !== 'active'; runs++) await w.run(MINUTE);
    assert.equal(w.calls.length, 500);
    assert.equal(new Set(w.calls).size, 500);
    const entries = w.log.entries;
    const delivered = new Set(entries.filter(({ outcome }) => outcome === 'delivered').map(({ id }) => id));
    const newest = new Map(all.map((one) => [one.record, one.id]));
    assert.deepEqual(delivered, new Set(newest.values()));
    const merged = new Map(w.merged().map(({ id, response }) => [id, response]));
    assert.equal(merged.size, 9_500);
    for (const { id, record } of all)
      if (!delivered.has(id)) assert.equal(merged.get(id), `merged into ${newest.get(record)}`);
    assert.deepEqual(new Set(w.headers.map((sent) => sent['crm-trigger-coalesced'])), new Set(['20']));
    assert.equal(w.now()?.state, 'active');
  });

test('without coalescing each edit is called, and no call has the header', async () => {
  const w = await coalescing('draining', edits(2, 3));
  w.change({ coalesce: false });
  await w.run(MINUTE);
  assert.equal(w.calls.length, 6);
  assert.ok(w.headers.every((sent) => !('crm-trigger-coalesced' in sent)));
});

test('after a failed attempt the newest edit carries the attempts, and a later edit takes them over', async () => {
  let response: CallResult = { status: 400, body: '' };
  const [first, second, third] = edits(1, 3);
  assert.ok(first && second && third);
  const w = await coalescing('draining', [first, second], () => response);
  await w.run(MINUTE);
  const tried = w.headers.map((sent) => [
    sent['webhook-id'],
    sent['crm-trigger-attempt'],
    sent['crm-trigger-coalesced'],
  ]);
  assert.deepEqual(tried[0], [second.id, '1', '2']);
  assert.ok(tried.every(([id, , count]) => id === second.id && count === '2'));
  assert.deepEqual(
    w.merged().map(({ id }) => id),
    [first.id],
  );
  await w.backlog.park([{ ...unattempted, notification: third }], w.clock.now());
  response = ok;
  await w.run(HOUR);
  const last = w.headers.at(-1);
  assert.equal(last?.['webhook-id'], third.id);
  assert.equal(last?.['crm-trigger-coalesced'], '3');
  assert.equal(last?.['crm-trigger-attempt'], String(tried.length + 1));
  assert.equal(w.backlog.parkedItems.size, 0);
});

test('a record that is edited again and again moves to Failed 72 hours after its oldest change', async () => {
  const w = await coalescing('parked', edits(1, 1), () => down);
  for (let hours = 1; hours <= 75; hours++) {
    const [edit] = edits(1, 1);
    assert.ok(edit);
    const next = { ...edit, sequence: String(1 + hours), changedAt: w.clock.now() };
    await w.backlog.park([{ ...unattempted, notification: next }], w.clock.now());
    await w.run(HOUR);
  }
  const [failed] = w.backlog.failedItems.values();
  assert.ok(failed, 'nothing moved to Failed');
});
