import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BatchGetItemCommand, BatchWriteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type Item, KEY, made, places, query, withPlaces } from './dynamodb-cases.ts';

describe('queries', () => {
  test('return the items of a partition by the bytes of their sort key, or in reverse', async () => {
    const { db, client } = withPlaces('b', 'a', 'é', 'Z', '10', '9');
    db.put('T', { list: { S: 'm' }, place: { S: '0' } });
    const { Items, Count } = await query(client);
    assert.deepEqual(places(Items), ['10', '9', 'Z', 'a', 'b', 'é']);
    assert.equal(Count, 6);
    assert.deepEqual(places((await query(client, { ScanIndexForward: false })).Items), ['é', 'b', 'a', 'Z', '9', '10']);
  });

  test('continue after a page, and find only on the next page that no item is left', async () => {
    const { client } = withPlaces('1', '2', '3', '4');
    const first = await query(client, { Limit: 2 });
    assert.deepEqual([places(first.Items), first.LastEvaluatedKey], [['1', '2'], { ...KEY, place: { S: '2' } }]);
    const second = await query(client, { Limit: 2, ExclusiveStartKey: first.LastEvaluatedKey });
    assert.deepEqual(places(second.Items), ['3', '4']);
    const third = await query(client, { Limit: 2, ExclusiveStartKey: second.LastEvaluatedKey });
    assert.deepEqual([third.Items, third.LastEvaluatedKey], [[], undefined]);
  });

  test('continue from a place whose item was deleted, in both directions', async () => {
    const { client } = withPlaces('1', '2', '4', '5');
    const ExclusiveStartKey = { ...KEY, place: { S: '3' } };
    assert.deepEqual(places((await query(client, { ExclusiveStartKey })).Items), ['4', '5']);
    assert.deepEqual(places((await query(client, { ExclusiveStartKey, ScanIndexForward: false })).Items), ['2', '1']);
  });

  test('end a page at 1 MB, also if they only count', async () => {
    const { client } = withPlaces(
      ...['1', '2', '3'].map((at) => ({ place: { S: at }, a: { S: 'x'.repeat(390_000) } })),
    );
    const { Items, LastEvaluatedKey } = await query(client);
    assert.deepEqual([places(Items), LastEvaluatedKey?.place], [['1', '2'], { S: '2' }]);
    const count = await query(client, { Select: 'COUNT' });
    assert.deepEqual([count.Items, count.Count, count.LastEvaluatedKey?.place], [undefined, 2, { S: '2' }]);
  });

  test('filter after the limit', async () => {
    const { client } = withPlaces(...['1', '2', '3'].map((at) => ({ place: { S: at }, a: { N: at } })));
    const values = { ':l': { S: 'l' }, ':v': { N: '2' } };
    const filter = { FilterExpression: 'a >= :v', ExpressionAttributeValues: values, Limit: 2 };
    const { Items, Count, ScannedCount } = await query(client, filter);
    assert.deepEqual([places(Items), Count, ScannedCount], [['2'], 1, 2]);
  });

  const conditions: [string, Item, string[]][] = [
    ['place = :v', { ':v': { S: 'b1' } }, ['b1']],
    ['place < :v', { ':v': { S: 'b2' } }, ['a', 'b1']],
    ['place >= :v', { ':v': { S: 'b2' } }, ['b2', 'c']],
    ['place BETWEEN :v AND :w', { ':v': { S: 'b' }, ':w': { S: 'b~' } }, ['b1', 'b2']],
    ['begins_with(place, :v)', { ':v': { S: 'b' } }, ['b1', 'b2']],
  ];
  for (const [condition, values, expected] of conditions)
    test(`by ${condition}`, async () => {
      const { client } = withPlaces('a', 'b1', 'b2', 'c');
      const asked = {
        KeyConditionExpression: `#l = :l AND ${condition}`,
        ExpressionAttributeValues: { ':l': { S: 'l' }, ...values },
      };
      assert.deepEqual(places((await query(client, asked)).Items), expected);
    });

  test('return only the requested attributes', async () => {
    const { client } = withPlaces({ a: { N: '1' }, b: { M: { c: { N: '2' }, d: { N: '3' } } } });
    const { Items } = await query(client, { ProjectionExpression: 'b.c, place' });
    assert.deepEqual(Items, [{ b: { M: { c: { N: '2' } } }, place: { S: '1' } }]);
  });

  test('a scan returns each item once, page by page', async () => {
    const db = made();
    for (let i = 0; i < 25; i++) db.put('T', { list: { S: `l${i % 4}` }, place: { S: `${i}` } });
    const seen: (string | undefined)[] = [];
    let next: Item | undefined;
    do {
      const page = await db.client().send(new ScanCommand({ TableName: 'T', Limit: 3, ExclusiveStartKey: next }));
      seen.push(...places(page.Items));
      next = page.LastEvaluatedKey;
    } while (next);
    assert.equal(seen.length, 25);
    assert.equal(new Set(seen).size, 25);
  });
});

describe('batches', () => {
  const keyed = (count: number, attributes: Item = {}) =>
    Array.from({ length: count }, (_, i) => ({ ...KEY, place: { S: `${i}` }, ...attributes }));

  test('leave keys unprocessed when the response has 16 MB', async () => {
    const db = made();
    for (const item of keyed(50, { a: { S: 'x'.repeat(390_000) } })) db.put('T', item);
    const client = db.client();
    const counts: number[] = [];
    for (let left = keyed(50) as Item[]; left.length > 0; ) {
      const RequestItems = { T: { Keys: left, ConsistentRead: true } };
      const { Responses, UnprocessedKeys = {} } = await client.send(new BatchGetItemCommand({ RequestItems }));
      counts.push(Responses?.T?.length ?? 0);
      assert.equal(UnprocessedKeys.T?.ConsistentRead ?? true, true);
      left = UnprocessedKeys.T?.Keys ?? [];
    }
    assert.deepEqual(counts, [43, 7]);
  });

  test('leave half unprocessed when configured so', async () => {
    const db = made();
    db.hazards = { unprocessed: () => true };
    const client = db.client();
    const puts = keyed(4).map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { T: puts } }));
    assert.deepEqual(UnprocessedItems?.T, [puts[1], puts[3]]);
    assert.deepEqual(places(db.items('T')), ['0', '2']);
    const { UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: { T: { Keys: keyed(3) } } }));
    assert.deepEqual(UnprocessedKeys, { T: { Keys: [keyed(2)[1]] } });
  });
});
