import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import { History, type HistoryEntry } from '../../functions/adapters/history.ts';
import { DynamoDBInMemory } from '../model/dynamodb.ts';

const key = ['list', 'place'] as const;

const entryAt = (at: number): HistoryEntry => ({
  at,
  who: 'ada',
  what: 'url',
  trigger: 'task.edit',
  from: null,
  to: String(at),
});

/** An item of the history, with an ID that sorts after others of the same time. */
function item(at: number, entry = entryAt(at)) {
  const place = `${String(at).padStart(15, '0')}#ffffffff-ffff-ffff-ffff-ffffffffffff`;
  return marshall({ list: 'history', place, entry: JSON.stringify(entry) });
}

async function historyWith({ earlier, later }: { earlier: number[]; later: number[] }) {
  const db = new DynamoDBInMemory({ audit: key, backlog: key });
  const history = new History('audit', 'backlog', db.client());
  for (const at of later) await history.add(entryAt(at));
  for (const at of earlier) db.put('backlog', item(at));
  return { db, history };
}

test('appends to the audit table only, with a condition that the entry does not exist', async () => {
  const { db } = await historyWith({ earlier: [], later: [1] });
  const writes = db.requests.filter(({ name }) => name !== 'Query');
  assert.equal(writes.length, 1);
  const [{ name, input } = assert.fail()] = writes;
  assert.deepEqual(
    [name, input.TableName, input.ConditionExpression],
    ['PutItem', 'audit', 'attribute_not_exists(#place)'],
  );
});

test('entries that one process adds within a millisecond keep their order', async () => {
  const { history } = await historyWith({ earlier: [], later: [] });
  const added = Array.from({ length: 20 }, (_, i) => `https://example.com/${i}`);
  for (const to of added) await history.add({ ...entryAt(1), to });
  const { entries } = await history.read(100);
  assert.deepEqual(entries.map(({ to }) => to).reverse(), added);
  assert.deepEqual([...new Set(entries.map(({ at }) => at))], [1]);
});

for (const [title, parts] of [
  ['that are all in the backlog table', { earlier: [1, 2, 3, 4, 5], later: [] }],
  ['that are all in the audit table', { earlier: [], later: [1, 2, 3, 4, 5] }],
  ['of the backlog table after those of the audit table', { earlier: [1, 2, 3], later: [4, 5] }],
  ['in the order of time where releases overlap', { earlier: [1, 3, 4], later: [2, 5] }],
] as const)
  test(`reads entries ${title}, page by page`, async () => {
    const { history } = await historyWith({ earlier: [...parts.earlier], later: [...parts.later] });
    for (const limit of [1, 2, 3, 10]) {
      const found: number[] = [];
      let next: string | undefined;
      do {
        const page = await history.read(limit, next);
        assert.ok(page.entries.length <= limit);
        found.push(...page.entries.map(({ at }) => at));
        next = page.next;
      } while (next);
      assert.deepEqual(found, [5, 4, 3, 2, 1], `${limit} a page`);
    }
  });

test('reads the entries of each kind as they were written, but masks URLs', async () => {
  const { history } = await historyWith({ earlier: [], later: [] });
  const kinds = [
    ...['url', 'state', 'secret', 'secret-read', 'header', 'limit', 'coalesce', 'oauth', 'certificate'],
    ...['redelivered', 'export', 'import', 'backfill', 'dead-letters'],
  ] as HistoryEntry['what'][];
  const from = 'https://ada:pw@example.com/';
  const written = kinds.map((what, at): HistoryEntry => ({ at, who: 'ada', what, trigger: null, from, to: null }));
  for (const entry of written) await history.add(entry);
  const { entries } = await history.read(100);
  assert.deepEqual(
    entries.toReversed(),
    written.map((entry) => (entry.what === 'url' ? { ...entry, from: 'https://ada:***@example.com/' } : entry)),
  );
});
