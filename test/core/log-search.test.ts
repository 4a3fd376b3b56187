import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fits, type LogEntry, type LogFilter } from '../../functions/core/log-entry.ts';
import { type LogItem, type LogPlace, LogSearch, timeKey } from '../../functions/core/log-search.ts';
import { anyEntry, logEntry } from '../support/log-entries.ts';

const SHARDS = 3;

/** Writes to the shards, one item each; some long after the first attempt in the item. */
const shards = fc.array(
  fc.record({
    shard: fc.nat(SHARDS - 1),
    entries: fc.array(anyEntry, { minLength: 1, maxLength: 5 }),
    later: fc.constantFrom(0, 0, 1, 50, 5_000),
  }),
  { maxLength: 30 },
);

function written(writes: readonly { shard: number; entries: readonly LogEntry[]; later: number }[]): LogItem[][] {
  const items = writes.map(({ shard, entries, later }, i) => {
    const at = Math.max(...entries.map((entry) => entry.at)) + later;
    return { shard, key: `${timeKey(at)}#${String((i * 7) % 31).padStart(4, '0')}`, entries };
  });
  return Array.from({ length: SHARDS }, (_, shard) =>
    items.filter((item) => item.shard === shard).sort((a, b) => (a.key < b.key ? 1 : -1)),
  );
}

/** Reads all pages of a search, with a few items of each shard at a time. */
function pages(table: readonly LogItem[][], filter: LogFilter, limit: number, size: number, rounds: number) {
  const all: LogEntry[][] = [];
  let place: LogPlace | undefined;
  do {
    const search: LogSearch = new LogSearch(SHARDS, filter, place);
    for (let round = 0; round < rounds || search.isStuck; round++)
      for (const { shard, from, isRead } of search.open) {
        const older = (table[shard] ?? []).filter(({ key }) => (isRead ? key < from : key <= from));
        search.add(shard, older.slice(0, size), older.length > size);
      }
    const page = search.page(limit);
    all.push(page.entries);
    // A client returns the place as JSON.
    place = page.next && JSON.parse(JSON.stringify(page.next));
    assert.ok(all.length < 1_000, 'the search ends');
  } while (place);
  return all;
}

test('pages contain each matching attempt once, newest first over all shards, also if it was written late', () => {
  const filter: fc.Arbitrary<LogFilter> = fc.constantFrom<LogFilter>({}, { outcomes: ['failed'] }, { text: 'a1' });
  const few = fc.integer({ min: 1, max: 7 });
  fc.assert(
    fc.property(shards, filter, few, few, few, (writes, filter, limit, size, rounds) => {
      const table = written(writes);
      const read = pages(table, filter, limit, size, rounds);
      for (const page of read) assert.ok(page.length <= limit);
      const entries = read.flat();
      assert.ok(
        entries.every(({ at }, i) => i === 0 || at <= (entries[i - 1]?.at ?? 0)),
        'newest first',
      );
      const matching = table.flat().flatMap((item) => item.entries.filter(fits(filter)));
      assert.deepEqual(new Set(entries), new Set(matching));
      assert.equal(entries.length, matching.length);
    }),
    { numRuns: 2_000 },
  );
});

test('writes between two pages do not change the later pages', () => {
  const table = written(
    Array.from({ length: 20 }, (_, i) => ({ shard: i % 3, entries: [logEntry({ at: i })], later: 0 })),
  );
  const search = new LogSearch(SHARDS, {});
  for (const { shard } of search.open) search.add(shard, table[shard] ?? [], false);
  const { entries, next } = search.page(5);
  const again = new LogSearch(SHARDS, {}, next);
  for (const { shard, from } of again.open) {
    const now = [{ key: `${timeKey(99)}#9999`, entries: [logEntry({ at: 99 })] }, ...(table[shard] ?? [])];
    again.add(
      shard,
      now.filter(({ key }) => key <= from),
      false,
    );
  }
  const rest = again.page(100);
  assert.deepEqual(
    [...entries, ...rest.entries].map(({ at }) => at),
    Array.from({ length: 20 }, (_, i) => 19 - i),
  );
  assert.equal(rest.next, undefined);
});

const itemAt = (at: number): LogItem => ({ key: `${timeKey(at)}#0007`, entries: [logEntry({ at })] });

test('does not read a finished shard again', () => {
  const search = new LogSearch(2, {}, { behind: '~', from: [null, 'k'] });
  assert.deepEqual(search.open, [{ shard: 1, from: 'k', isRead: false }]);
});

test('is stuck until a shard was read, and never if all shards are finished', () => {
  const search = new LogSearch(1, {});
  assert.equal(search.isStuck, true);
  search.add(0, [itemAt(50)], true);
  assert.equal(search.isStuck, false);
  assert.equal(new LogSearch(1, {}, { behind: '', from: [null] }).isStuck, false);
});

test('an attempt is ready when no unread item can contain a newer one', () => {
  const search = new LogSearch(2, {});
  search.add(0, [itemAt(50), itemAt(40)], true);
  assert.equal(search.ready, 0);
  search.add(1, [itemAt(45), itemAt(30)], true);
  assert.equal(search.ready, 3);
});

test('the page with the last attempt has no next page', () => {
  const search = new LogSearch(1, {});
  search.add(0, [itemAt(50), itemAt(40)], false);
  const { entries, next } = search.page(2);
  assert.deepEqual([entries.length, next], [2, undefined]);
});

test('a page with a limit of 0 continues at the same place', () => {
  const place = { behind: `${timeKey(60)}#x`, from: ['~'] };
  const search = new LogSearch(1, {}, place);
  search.add(0, [itemAt(50)], false);
  assert.deepEqual(search.page(0), { entries: [], next: { behind: place.behind, from: [itemAt(50).key] } });
});
