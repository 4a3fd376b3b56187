import assert from 'node:assert/strict';
import type { LogEntry } from '../../functions/adapters/delivery-log.ts';
import { type HistoryEntry, historyEntry } from '../../functions/adapters/history.ts';
import type { TriggerSecrets } from '../../functions/adapters/secret-store.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { logEntry } from '../support/log-entries.ts';
import { notification } from '../support/records.ts';
import { interrupted, losingResponses } from './clients.ts';
import type { Cases } from './conformance.ts';
import { itemsOf, pagesOf, storesOf } from './harness.ts';

const T: Trigger = 'case.edit';
const DAY_MS = 24 * 60 * 60_000;

const withSecret = (secret: string) => (now: TriggerSecrets) => ({ ...now, secret });

const entryAt = (at: number): HistoryEntry => ({
  at,
  who: 'ada',
  what: 'state',
  trigger: T,
  from: 'active',
  to: `${at}`,
});

export const otherCases: Cases = {
  'secrets: none at first, then the latest ones': async ({ secrets }) => {
    assert.deepEqual(await secrets.of(T), { replaced: [], headers: {}, version: 0 });
    assert.equal((await secrets.read([T])).size, 0);
    const replaced = [{ secret: 'whsec_old', until: 99 }];
    assert.equal(await secrets.change(T, () => ({ secret: 'whsec_a', replaced, headers: { 'x-key': 'k' } })), true);
    const written = { secret: 'whsec_a', replaced, headers: { 'x-key': 'k' }, version: 1 };
    assert.deepEqual((await secrets.read([T, 'task.edit'])).get(T), written);
    assert.equal(await secrets.change(T, ({ headers }) => ({ replaced: [], headers })), true);
    assert.deepEqual((await secrets.read([T])).get(T), { replaced: [], headers: { 'x-key': 'k' }, version: 2 });
  },

  'secrets: one of two parallel changes succeeds': async ({ secrets }, harness) => {
    const slow = interrupted(harness.client, ['PutItem', 'UpdateItem'], async () => {
      assert.equal(await secrets.change(T, withSecret('whsec_first')), true);
    });
    const late = storesOf(harness, slow).secrets;
    assert.equal(await late.change(T, withSecret('whsec_late')), false);
    const { secret, version } = (await secrets.read([T])).get(T) ?? {};
    assert.deepEqual([secret, version], ['whsec_first', 1]);
  },

  'secrets: a change that failed succeeds when it is repeated, and keeps the other change': async (
    { secrets },
    harness,
  ) => {
    let interruptions = 1;
    const slow = interrupted(harness.client, ['PutItem', 'UpdateItem'], async () => {
      if (interruptions-- > 0) await secrets.change(T, (now) => ({ ...now, headers: { a: '1' } }));
    });
    const { secrets: late } = storesOf(harness, slow);
    const add = (now: TriggerSecrets) => ({ ...now, headers: { ...now.headers, b: '2' } });
    assert.equal(await late.change(T, add), false);
    assert.equal(await late.change(T, add), true);
    const { headers, version } = (await secrets.read([T])).get(T) ?? {};
    assert.deepEqual([headers, version], [{ a: '1', b: '2' }, 2]);
  },

  'secrets: recognizes its own change when the response was lost': async ({ secrets }, harness) => {
    const losing = storesOf(harness, losingResponses(harness.client)).secrets;
    assert.equal(await losing.change(T, withSecret('whsec_a')), true);
    assert.equal(await losing.change(T, withSecret('whsec_b')), true);
    const { secret, version } = (await secrets.read([T])).get(T) ?? {};
    assert.deepEqual([secret, version], ['whsec_b', 2]);
  },

  'secrets: have no time to live': async ({ secrets, triggers }, harness) => {
    await secrets.change(T, withSecret('whsec_a'));
    await triggers.writeUrl(T, 'https://x/', 1);
    for (const table of ['secrets', 'triggers'] as const)
      for (const item of await itemsOf(harness, table)) assert.equal(item.expiresAt, undefined);
  },

  'history: every kind of action is read back': async ({ history }) => {
    const kinds = historyEntry.shape.what.options;
    const entries = kinds.map((what, i) => ({ ...entryAt(kinds.length - i), what, from: null, to: null }));
    for (const entry of entries) await history.add(entry);
    assert.deepEqual(await history.read(kinds.length + 1), { entries });
  },

  'history: newest first, in pages, also within one millisecond': async ({ history }) => {
    assert.deepEqual(await history.read(10), { entries: [] });
    for (const at of [5, 3, 9, 7, 7]) await history.add(entryAt(at));
    for (const limit of [2, 4, 5, 6]) {
      const pages = await pagesOf((next: string | undefined) => history.read(limit, next));
      assert.ok(pages.every(({ entries }) => entries.length <= limit));
      assert.deepEqual(
        pages.flatMap(({ entries }) => entries.map(({ at }) => at)),
        [9, 7, 7, 5, 3],
      );
    }
    assert.deepEqual((await history.read(1)).entries, [entryAt(9)]);
  },

  'record counts: the changes over the limit of a record and window': async ({ counts }) => {
    const store = counts(2);
    const of = (sequence: string, overrides = {}) =>
      notification({ record: 'a'.repeat(64), sequence, changedAt: 60_000_000, ...overrides });
    const all = ['8', '9', '10', '11'].map((sequence) => of(sequence));
    assert.deepEqual([...(await store.overLimit(all.slice(0, 2)))], []);
    const later = of('12', { changedAt: 60_060_000 });
    const other = of('13', { record: 'b'.repeat(64) });
    const overLimit = await store.overLimit([...all.slice(2), later, other]);
    assert.deepEqual(new Set(overLimit), new Set(all.slice(2)));
    assert.deepEqual([...(await store.overLimit(all.slice(0, 2)))], [], 'a repeat is checked as it was at first');
    assert.equal((await store.overLimit(all.slice(2))).size, 2);
  },

  'record counts: count a repeated change once, also if the response was lost': async (_, harness) => {
    const store = storesOf(harness, losingResponses(harness.client)).counts(2);
    const [first, second, third] = ['1', '2', '3'].map((sequence) => notification({ sequence, changedAt: 60_000_000 }));
    assert.ok(first && second && third);
    for (let i = 0; i < 3; i++) assert.equal((await store.overLimit([first])).size, 0);
    assert.equal((await store.overLimit([second])).size, 0);
    assert.equal((await store.overLimit([third])).size, 1);
  },

  'record counts: the same result for changes in one batch and one after another': async ({ counts }, harness) => {
    const store = counts(3);
    const all = Array.from({ length: 500 }, (_, i) => notification({ sequence: `${i + 1}`, changedAt: 60_000_000 }));
    assert.equal((await store.overLimit(all)).size, 497);
    const [item] = await itemsOf(harness, 'backlog');
    const before = JSON.stringify(item);
    assert.equal((await store.overLimit([notification({ sequence: '999', changedAt: 60_000_000 })])).size, 1);
    assert.equal(JSON.stringify((await itemsOf(harness, 'backlog'))[0]), before, 'a full set does not grow');
  },

  'delivery log: each attempt once, newest first, in pages': async ({ log }) => {
    const from = Date.now() - 100_000;
    const entries = Array.from({ length: 40 }, (_, i) => logEntry({ at: from + i, ...(i % 2 && { body: `<${i}>` }) }));
    for (let i = 0; i < entries.length; i += 4) await log.write(entries.slice(i, i + 4));
    for (const limit of [7, 39, 40, 41]) {
      const pages = await pagesOf((next: string | undefined) => log.read({}, limit, next));
      assert.ok(pages.every(({ entries }) => entries.length <= limit));
      assert.deepEqual(
        pages.flatMap((page) => page.entries),
        [...entries].reverse(),
      );
    }
    const found: LogEntry[] = (await log.read({ since: from + 38 }, 10)).entries;
    assert.deepEqual(found, entries.slice(38).reverse());
  },

  'delivery log: an attempt of any size': async ({ log }) => {
    const body = (i: number) =>
      Array.from({ length: 90_000 }, (_, j) => String.fromCodePoint(33 + ((i * j * j) % 90))).join('');
    const entries = Array.from({ length: 12 }, (_, i) => logEntry({ at: Date.now() - 1_000 + i, body: body(i) }));
    await log.write(entries);
    const pages = await pagesOf((next: string | undefined) => log.read({}, 5, next));
    assert.deepEqual(
      pages.flatMap((page) => page.entries),
      [...entries].reverse(),
    );
  },

  'delivery log: following returns new attempts': async ({ log }) => {
    await log.write([logEntry()]);
    const news = log.follow({ trigger: 'task.edit' });
    assert.deepEqual(await news(), []);
    const entries = [1, 2].map((n) => logEntry({ trigger: 'task.edit', at: Date.now() + n }));
    await log.write([...entries, logEntry()]);
    assert.deepEqual(await news(), entries);
    assert.deepEqual(await news(), []);
  },

  'delivery log: is kept for 30 days': async ({ log }, harness) => {
    const at = Date.now() + 5_000;
    await log.write([logEntry({ at })]);
    const [item] = await itemsOf(harness, 'log');
    assert.equal(Number(item?.expiresAt?.N), Math.ceil(at / 1000) + (30 * DAY_MS) / 1000);
  },
};
