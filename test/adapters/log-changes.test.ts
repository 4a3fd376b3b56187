import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import { SHARDS } from '../../functions/adapters/delivery-log-writer.ts';
import { LogChanges } from '../../functions/adapters/log-changes.ts';
import type { LogEntry } from '../../functions/core/log-entry.ts';
import { packed } from '../../functions/core/log-item.ts';
import { timeKey } from '../../functions/core/log-search.ts';
import { DynamoDBInMemory } from '../model/dynamodb.ts';
import { logEntry } from '../support/log-entries.ts';

const START = 1_795_416_000_000;
const LATER = START + 3_600_000;

/** A log in which items can appear at any time. */
function world() {
  const db = new DynamoDBInMemory({ log: ['shard', 'written'] }, () => LATER);
  let made = 0;
  /** Adds an item whose key has this time. */
  const put = (at: number, entries: readonly LogEntry[], shard = made % SHARDS) => {
    // The suffixes do not sort by the order of the writes.
    const suffix = String((made++ * 7_919) % 100_000).padStart(8, '0');
    for (const rows of packed(entries))
      db.put('log', marshall({ shard: String(shard), written: `${timeKey(at)}#${suffix}`, rows }));
  };
  const log = new LogChanges('log', db.client());
  /** Reads all pages. @returns The entries, the number of pages, and the place of the last page. */
  const readAll = async (from = START, now = LATER, most?: number) => {
    const entries: LogEntry[] = [];
    let next = from;
    for (let pages = 1; ; pages++) {
      assert.ok(pages < 1_000);
      const page = await log.read('case.edit', next, now, most);
      assert.ok(!page.more || page.next > next, 'each page makes progress');
      entries.push(...page.entries);
      next = page.next;
      if (!page.more) return { entries, pages, next };
    }
  };
  return { db, log, put, readAll };
}

/** The ID of an entry is that of its record and the number of the change. */
const change = (record: number, n: number, at: number, more: Partial<LogEntry> = {}) =>
  logEntry({ trigger: 'case.edit', id: `${record}-${n}`, at, ...more });

test('returns each attempt of a trigger once, oldest first and in order per record, on pages of any size', async () => {
  const { put, readAll } = world();
  const all: string[] = [];
  for (let n = 0; n < 150; n++) {
    const at = START + n * 100;
    const entries = [0, 1, 2].map((record) => change(record, n, at - 50));
    all.push(...entries.map(({ id }) => id));
    put(at, [...entries, logEntry({ trigger: 'task.edit', at }), change(9, n, at, { test: true })]);
  }
  for (const most of [1, 7, 100, 10_000]) {
    const { entries, pages } = await readAll(START, LATER, most);
    const ids = entries.map(({ id }) => id);
    assert.deepEqual([ids.length, new Set(ids)], [all.length, new Set(all)]);
    for (const record of ['0', '1', '2'])
      assert.deepEqual(
        ids.filter((id) => id.startsWith(`${record}-`)),
        all.filter((id) => id.startsWith(`${record}-`)),
      );
    assert.ok(pages > 1 || most === 10_000);
  }
});

test('keeps the order of a record among items that were written in the same millisecond', async () => {
  const { put, readAll } = world();
  for (let n = 0; n < 60; n++) put(START, [change(1, n, START - 1_000 + n)], n % 2);
  for (let n = 0; n < 90; n++) put(START, [logEntry({ at: START, trigger: 'task.edit' })], 0);
  put(START + 1, [change(1, 60, START)]);
  const { entries } = await readAll(START - 1, LATER, 5);
  assert.deepEqual(
    entries.map(({ id }) => id),
    Array.from({ length: 61 }, (_, n) => `1-${n}`),
  );
});

test('skips no item that appears some seconds after its time', async () => {
  const { put, log, readAll } = world();
  put(START, [change(1, 0, START)]);
  put(START + 9_000, [change(1, 2, START)]);
  const early = await log.read('case.edit', START, START + 10_000);
  assert.deepEqual([early.entries, early.more], [[], false], 'neither is settled');
  put(START + 4_000, [change(1, 1, START)]);
  const first = await log.read('case.edit', early.next, START + 20_000);
  const { entries } = await readAll(first.next);
  assert.deepEqual(
    [...first.entries, ...entries].map(({ id }) => id),
    ['1-0', '1-1', '1-2'],
  );
});

test('a place remains valid: later pages begin at it and repeat nothing', async () => {
  const { put, readAll } = world();
  put(START, [change(1, 0, START)]);
  const { next } = await readAll(START, START + 60_000);
  put(START + 50_000, [change(1, 1, START)]);
  const { entries } = await readAll(next);
  assert.deepEqual(
    entries.map(({ id }) => id),
    ['1-1'],
  );
  assert.deepEqual((await readAll(LATER + 1_000)).next, LATER + 1_000, 'a place in the future stays');
});

test('a request reads a limited number of items of other triggers, and the next page continues', async () => {
  const { db, put, log, readAll } = world();
  for (let n = 0; n < 3_000; n++) put(START + n, [logEntry({ trigger: 'task.edit', at: START + n })]);
  put(START + 3_000, [change(1, 0, START)]);
  const before = db.requests.length;
  const page = await log.read('case.edit', START, LATER);
  assert.deepEqual([page.entries, page.more], [[], true]);
  assert.ok(db.requests.length - before <= 4 * SHARDS);
  assert.deepEqual(
    (await readAll()).entries.map(({ id }) => id),
    ['1-0'],
  );
});
