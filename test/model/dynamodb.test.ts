import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ResourceNotFoundException,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBInMemory } from './dynamodb.ts';

type Item = Record<string, AttributeValue>;

const KEY = { list: { S: 'l' }, place: { S: '1' } };

const made = (now?: () => number) => new DynamoDBInMemory({ T: ['list', 'place'], single: ['id:N'] }, now);

/** A table with one item. */
function withItem(attributes: Item = {}) {
  const db = made();
  db.put('T', { ...KEY, ...attributes });
  return { db, client: db.client() };
}

const put = (client: DynamoDBClient, attributes: Item, rest = {}) =>
  client.send(new PutItemCommand({ TableName: 'T', Item: { ...KEY, ...attributes }, ...rest }));

/** What is read of the item where a condition holds; `false` where it does not. */
async function isMet(item: Item, ConditionExpression: string, ExpressionAttributeValues?: Item): Promise<boolean> {
  const { client } = withItem(item);
  try {
    await client.send(
      new DeleteItemCommand({ TableName: 'T', Key: KEY, ConditionExpression, ExpressionAttributeValues }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** What an update makes of an item, without its key. */
async function after(item: Item, UpdateExpression: string, values?: Item, rest: Partial<UpdateItemCommandInput> = {}) {
  const { db, client } = withItem(item);
  await client.send(
    new UpdateItemCommand({ TableName: 'T', Key: KEY, UpdateExpression, ExpressionAttributeValues: values, ...rest }),
  );
  const { list: _, place: __, ...others } = db.items('T')[0] ?? {};
  return others;
}

const rejects = (request: Promise<unknown>, message: RegExp) =>
  assert.rejects(request, (error) => {
    assert.ok(error instanceof DynamoDBServiceException, String(error));
    assert.equal(error.name, 'ValidationException');
    assert.match(error.message, message);
    return true;
  });

const query = (client: DynamoDBClient, rest: Partial<QueryCommandInput> = {}) =>
  client.send(
    new QueryCommand({
      TableName: 'T',
      KeyConditionExpression: '#l = :l',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':l': { S: 'l' } },
      ...rest,
    }),
  );

const places = (items: readonly Item[] = []) => items.map(({ place }) => place?.S);

/** A table with items at these places of one partition. */
function withPlaces(...all: readonly (string | Item)[]) {
  const db = made();
  for (const one of all) db.put('T', typeof one === 'string' ? { ...KEY, place: { S: one } } : { ...KEY, ...one });
  return { db, client: db.client() };
}

describe('conditions', () => {
  const item = { a: { N: '5' }, s: { S: 'hello' }, t: { SS: ['x', 'y'] }, m: { M: { b: { L: [{ N: '7' }] } } } };
  const cases: [string, Item | undefined, boolean][] = [
    ['a = :v', { ':v': { N: '5.0' } }, true],
    ['a = :v', { ':v': { S: '5' } }, false],
    ['a <> :v', { ':v': { N: '5' } }, false],
    ['absent <> :v', { ':v': { N: '5' } }, true],
    ['a < :v', { ':v': { N: '10' } }, true],
    ['a <= :v', { ':v': { N: '5' } }, true],
    ['a > :v', { ':v': { N: '5' } }, false],
    ['a >= :v', { ':v': { N: '5' } }, true],
    ['a < :v', { ':v': { S: '9' } }, false],
    ['absent < :v', { ':v': { N: '9' } }, false],
    ['a BETWEEN :v AND :w', { ':v': { N: '5' }, ':w': { N: '6' } }, true],
    ['a in (:v, :w)', { ':v': { N: '4' }, ':w': { N: '5' } }, true],
    ['attribute_exists(a) AND NOT attribute_exists(absent)', undefined, true],
    ['attribute_not_exists(a) OR a = :v', { ':v': { N: '5' } }, true],
    ['attribute_not_exists(a) OR a = :v AND s = :w', { ':v': { N: '5' }, ':w': { S: 'x' } }, false],
    ['(attribute_exists(a) OR a = :v) AND s = :w', { ':v': { N: '5' }, ':w': { S: 'x' } }, false],
    ['size(t) < :v', { ':v': { N: '3' } }, true],
    ['size(absent) < :v', { ':v': { N: '3' } }, false],
    ['begins_with(s, :v)', { ':v': { S: 'hell' } }, true],
    ['contains(s, :v)', { ':v': { S: 'll' } }, true],
    ['contains(t, :v)', { ':v': { S: 'y' } }, true],
    ['contains(t, :v)', { ':v': { S: 'z' } }, false],
    ['attribute_type(t, :v)', { ':v': { S: 'SS' } }, true],
    ['m.b[0] = :v', { ':v': { N: '7' } }, true],
    ['m.b[1] = :v', { ':v': { N: '7' } }, false],
  ];
  for (const [expression, values, expected] of cases)
    test(`${expression} with ${JSON.stringify(values ?? {})} is ${expected}`, async () => {
      assert.equal(await isMet(item, expression, values), expected);
    });

  test('compares numbers of 38 digits exactly', async () => {
    const [big, bigger] = ['12345678901234567890123456789012345677', '12345678901234567890123456789012345678'];
    assert.equal(await isMet({ a: { N: big } }, 'a < :v', { ':v': { N: bigger } }), true);
    assert.equal(await isMet({ a: { N: bigger } }, 'a < :v', { ':v': { N: big } }), false);
  });

  test('a failed condition throws the class of the SDK, with the item when asked for', async () => {
    const { db, client } = withItem({ a: { N: '1' } });
    const condition = { ConditionExpression: 'attribute_not_exists(a)' };
    const error = await put(client, {}, condition).catch((thrown) => thrown);
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.Item, undefined);
    const shown = await put(client, {}, { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }).catch(
      (e) => e,
    );
    assert.deepEqual(shown.Item, { ...KEY, a: { N: '1' } });
    assert.deepEqual(db.items('T'), [{ ...KEY, a: { N: '1' } }]);
  });
});

describe('updates', () => {
  const cases: [string, Item, string, Item | undefined, Item][] = [
    ['SET', { b: { S: 'b' } }, 'SET a = :v', { ':v': { N: '1' } }, { b: { S: 'b' }, a: { N: '1' } }],
    ['SET of a sum', { a: { N: '0.1' } }, 'SET a = a + :v', { ':v': { N: '0.2' } }, { a: { N: '0.3' } }],
    ['SET of a difference', { a: { N: '1' } }, 'SET a = a - :v', { ':v': { N: '3' } }, { a: { N: '-2' } }],
    ['if_not_exists, absent', {}, 'SET a = if_not_exists(a, :v)', { ':v': { N: '1' } }, { a: { N: '1' } }],
    [
      'if_not_exists, there',
      { a: { N: '9' } },
      'SET a = if_not_exists(a, :v)',
      { ':v': { N: '1' } },
      { a: { N: '9' } },
    ],
    [
      'list_append',
      { a: { L: [] } },
      'SET a = list_append(a, :v)',
      { ':v': { L: [{ N: '1' }] } },
      { a: { L: [{ N: '1' }] } },
    ],
    [
      'SET from the item before',
      { a: { N: '1' }, b: { N: '2' } },
      'SET a = b, b = a',
      undefined,
      { a: { N: '2' }, b: { N: '1' } },
    ],
    ['SET within a map', { a: { M: {} } }, 'SET a.b = :v', { ':v': { N: '1' } }, { a: { M: { b: { N: '1' } } } }],
    ['REMOVE', { a: { N: '1' }, b: { N: '2' } }, 'REMOVE a, absent', undefined, { b: { N: '2' } }],
    [
      'REMOVE from a list',
      { a: { L: [{ N: '1' }, { N: '2' }] } },
      'REMOVE a[0]',
      undefined,
      { a: { L: [{ N: '2' }] } },
    ],
    ['ADD a number', { a: { N: '1' } }, 'ADD a :v, b :v', { ':v': { N: '2' } }, { a: { N: '3' }, b: { N: '2' } }],
    ['ADD to a set', { a: { SS: ['x'] } }, 'ADD a :v', { ':v': { SS: ['x', 'y'] } }, { a: { SS: ['x', 'y'] } }],
    ['DELETE from a set', { a: { SS: ['x', 'y'] } }, 'DELETE a :v', { ':v': { SS: ['x'] } }, { a: { SS: ['y'] } }],
    ['DELETE of the last of a set', { a: { SS: ['x'] } }, 'DELETE a :v', { ':v': { SS: ['x'] } }, {}],
  ];
  for (const [title, item, expression, values, expected] of cases)
    test(`${title}: ${expression}`, async () => {
      assert.deepEqual(await after(item, expression, values), expected);
    });

  test('returns the values that are asked for', async () => {
    const returned = async (ReturnValues: UpdateItemCommandInput['ReturnValues']) => {
      const { client } = withItem({ a: { N: '1' }, b: { N: '2' } });
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: 'T',
          Key: KEY,
          UpdateExpression: 'ADD a :v',
          ExpressionAttributeValues: { ':v': { N: '1' } },
          ReturnValues,
        }),
      );
      return Attributes;
    };
    assert.equal(await returned(undefined), undefined);
    assert.deepEqual(await returned('ALL_OLD'), { ...KEY, a: { N: '1' }, b: { N: '2' } });
    assert.deepEqual(await returned('UPDATED_OLD'), { a: { N: '1' } });
    assert.deepEqual(await returned('ALL_NEW'), { ...KEY, a: { N: '2' }, b: { N: '2' } });
    assert.deepEqual(await returned('UPDATED_NEW'), { a: { N: '2' } });
  });

  test('makes an item where there was none', async () => {
    const db = made();
    const update = {
      TableName: 'T',
      Key: KEY,
      UpdateExpression: 'ADD a :v',
      ExpressionAttributeValues: { ':v': { N: '1' } },
    };
    await db.client().send(new UpdateItemCommand(update));
    assert.deepEqual(db.items('T'), [{ ...KEY, a: { N: '1' } }]);
  });
});

describe('rejected', () => {
  const client = made().client();
  const update = (UpdateExpression: string, values?: Item, names?: Record<string, string>) =>
    client.send(
      new UpdateItemCommand({
        TableName: 'T',
        Key: KEY,
        UpdateExpression,
        ExpressionAttributeValues: values,
        ExpressionAttributeNames: names,
      }),
    );
  const condition = (ConditionExpression: string, ExpressionAttributeValues?: Item) =>
    put(client, {}, { ConditionExpression, ExpressionAttributeValues });
  const batchGet = (keys: Item[]) => client.send(new BatchGetItemCommand({ RequestItems: { T: { Keys: keys } } }));
  const batchWrite = (keys: Item[]) =>
    client.send(new BatchWriteItemCommand({ RequestItems: { T: keys.map((Key) => ({ DeleteRequest: { Key } })) } }));
  const keys = (count: number) => Array.from({ length: count }, (_, i) => ({ ...KEY, place: { S: `${i}` } }));
  const v = { ':v': { N: '1' } };
  const asked = { ':l': { S: 'l' } };
  const byKey = (KeyConditionExpression: string, values: Item, names?: Record<string, string>) =>
    query(client, { KeyConditionExpression, ExpressionAttributeValues: values, ExpressionAttributeNames: names });

  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ['a bare reserved word', () => update('SET url = :v', v), /Invalid UpdateExpression: .*reserved keyword: url/],
    ['a bare reserved word in a condition', () => condition('Trigger = :v', v), /reserved keyword: Trigger/],
    ['an unused value', () => update('REMOVE a', v), /unused in expressions: keys: \{:v\}/],
    ['an unused name', () => update('REMOVE a', undefined, { '#a': 'a' }), /unused in expressions: keys: \{#a\}/],
    ['an undefined value', () => update('SET a = :v'), /attribute value: :v/],
    ['an undefined name', () => update('REMOVE #a'), /attribute name: #a/],
    [
      'names without expressions',
      () => put(client, {}, { ExpressionAttributeNames: { '#a': 'a' } }),
      /only be specified when/,
    ],
    ['empty values', () => update('REMOVE a', {}), /must not be empty/],
    ['an empty expression', () => update(''), /can not be empty/],
    ['what is no expression', () => update('SET a := :v', v), /Syntax error/],
    ['a condition that goes on', () => condition('a = :v b', v), /Syntax error/],
    ['an unknown function', () => condition('exists(a)'), /Invalid function name; function: exists/],
    ['a misplaced function', () => condition('size(a)'), /Syntax error|not allowed/],
    ['if_not_exists in a condition', () => condition('if_not_exists(a, :v)', v), /not allowed to be used this way/],
    ['a value where a path belongs', () => condition('attribute_exists(:v)', v), /requires a document path/],
    [
      'a type without order',
      () => condition('a < :v', { ':v': { BOOL: true } }),
      /Incorrect operand type.*operator or function: </,
    ],
    ['a comparison with itself', () => condition('a = a'), /must be distinct/],
    ['doubled parentheses', () => condition('((a = :v))', v), /redundant parentheses/],
    ['bounds in the wrong order', () => condition('a BETWEEN :w AND :v', { ...v, ':w': { N: '2' } }), /upper bound/],
    ['a section twice', () => update('SET a = :v SET b = :v', v), /"SET" section can only be used once/],
    ['paths that overlap', () => update('SET a = :v REMOVE a', v), /overlap/],
    ['a key that is updated', () => update('SET place = :v', v), /Cannot update attribute place/],
    ['ADD of a string', () => update('ADD a :v', { ':v': { S: '1' } }), /operator or function: ADD/],
    ['a sum with what is not there', () => update('SET a = a + :v', v), /does not exist in the item/],
    [
      'an item without its key',
      () => client.send(new PutItemCommand({ TableName: 'T', Item: { list: { S: 'l' } } })),
      /Missing the key place/,
    ],
    [
      'a key of another type',
      () => put(client, { place: { N: '1' } }),
      /Type mismatch for key place expected: S actual: N/,
    ],
    ['an empty key', () => put(client, { place: { S: '' } }), /cannot contain an empty string value. Key: place/],
    [
      'part of a key',
      () => client.send(new GetItemCommand({ TableName: 'T', Key: { list: { S: 'l' } } })),
      /does not match the schema/,
    ],
    [
      'a key with more',
      () => client.send(new GetItemCommand({ TableName: 'T', Key: { ...KEY, a: { S: 'l' } } })),
      /does not match the schema/,
    ],
    ['a sort key of over 1 KB', () => put(client, { place: { S: 'x'.repeat(1025) } }), /1024 bytes/],
    ['an empty set', () => put(client, { a: { SS: [] } }), /may not be empty/],
    ['a set with duplicates', () => put(client, { a: { SS: ['x', 'x'] } }), /contains duplicates/],
    ['a value without a type', () => put(client, { a: {} as AttributeValue }), /must contain exactly one/],
    ['what is no number', () => put(client, { a: { N: 'NaN' } }), /cannot be converted to a numeric value/],
    [
      'an item of over 400 KB',
      () => put(client, { a: { S: 'x'.repeat(400 * 1024) } }),
      /exceeded the maximum allowed size/,
    ],
    ['duplicate keys to get', () => batchGet([KEY, KEY]), /contains duplicates/],
    ['101 keys to get', () => batchGet(keys(101)), /Too many items requested/],
    ['no keys to get', () => batchGet([]), /length greater than or equal to 1/],
    ['duplicate keys to write', () => batchWrite([KEY, KEY]), /contains duplicates/],
    ['26 writes', () => batchWrite(keys(26)), /less than or equal to 25/],
    ['no writes', () => batchWrite([]), /greater than or equal to 1/],
    ['a query without a partition', () => byKey('place = :l', asked), /missed key schema element: list/],
    ['a query of many partitions', () => byKey('#l > :l', asked, { '#l': 'list' }), /not supported/],
    [
      'a query with OR',
      () => byKey('#l = :l OR place = :l', asked, { '#l': 'list' }),
      /Invalid operator used in KeyConditionExpression: OR/,
    ],
    [
      'a query by what is no key',
      () => byKey('#l = :l AND a = :l', asked, { '#l': 'list' }),
      /missed key schema element: place/,
    ],
    ['a query by a value of another type', () => byKey('#l = :l', v, { '#l': 'list' }), /unused|not defined/],
    [
      'a filter by a key',
      () => query(client, { FilterExpression: 'place = :l' }),
      /non-primary key attributes: Primary key attribute: place/,
    ],
    ['a limit of 0', () => query(client, { Limit: 0 }), /greater than or equal to 1/],
    [
      'a start in another partition',
      () => query(client, { ExclusiveStartKey: { ...KEY, list: { S: 'm' } } }),
      /outside query boundaries/,
    ],
    [
      'a start that is no key',
      () => query(client, { ExclusiveStartKey: { list: { S: 'l' } } }),
      /starting key is invalid/,
    ],
    ['an index', () => query(client, { IndexName: 'i' }), /specified index: i/],
  ];
  for (const [title, request, message] of cases) test(title, () => rejects(request(), message));

  test('a table that is not there', () =>
    assert.rejects(client.send(new GetItemCommand({ TableName: 'U', Key: KEY })), ResourceNotFoundException));

  test('writes nothing of a batch with one rejected item', async () => {
    const db = made();
    const requests = [{ PutRequest: { Item: KEY } }, { PutRequest: { Item: { ...KEY, place: { S: '' } } } }];
    await rejects(db.client().send(new BatchWriteItemCommand({ RequestItems: { T: requests } })), /empty string/);
    assert.deepEqual(db.items('T'), []);
  });
});

describe('queries', () => {
  test('give the items of a partition by the bytes of their sort key, or backwards', async () => {
    const { db, client } = withPlaces('b', 'a', 'é', 'Z', '10', '9');
    db.put('T', { list: { S: 'm' }, place: { S: '0' } });
    const { Items, Count } = await query(client);
    assert.deepEqual(places(Items), ['10', '9', 'Z', 'a', 'b', 'é']);
    assert.equal(Count, 6);
    assert.deepEqual(places((await query(client, { ScanIndexForward: false })).Items), ['é', 'b', 'a', 'Z', '9', '10']);
  });

  test('go on after a page, and know only at the next that nothing is left', async () => {
    const { client } = withPlaces('1', '2', '3', '4');
    const first = await query(client, { Limit: 2 });
    assert.deepEqual([places(first.Items), first.LastEvaluatedKey], [['1', '2'], { ...KEY, place: { S: '2' } }]);
    const second = await query(client, { Limit: 2, ExclusiveStartKey: first.LastEvaluatedKey });
    assert.deepEqual(places(second.Items), ['3', '4']);
    const third = await query(client, { Limit: 2, ExclusiveStartKey: second.LastEvaluatedKey });
    assert.deepEqual([third.Items, third.LastEvaluatedKey], [[], undefined]);
  });

  test('go on from a place whose item is gone, in both directions', async () => {
    const { client } = withPlaces('1', '2', '4', '5');
    const ExclusiveStartKey = { ...KEY, place: { S: '3' } };
    assert.deepEqual(places((await query(client, { ExclusiveStartKey })).Items), ['4', '5']);
    assert.deepEqual(places((await query(client, { ExclusiveStartKey, ScanIndexForward: false })).Items), ['2', '1']);
  });

  test('end a page at 1 MB, also one that only counts', async () => {
    const { client } = withPlaces(
      ...['1', '2', '3'].map((at) => ({ place: { S: at }, a: { S: 'x'.repeat(390_000) } })),
    );
    const { Items, LastEvaluatedKey } = await query(client);
    assert.deepEqual([places(Items), LastEvaluatedKey?.place], [['1', '2'], { S: '2' }]);
    const count = await query(client, { Select: 'COUNT' });
    assert.deepEqual([count.Items, count.Count, count.LastEvaluatedKey?.place], [undefined, 2, { S: '2' }]);
  });

  test('filter what they have read, after the limit', async () => {
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

  test('give only the attributes that are asked for', async () => {
    const { client } = withPlaces({ a: { N: '1' }, b: { M: { c: { N: '2' }, d: { N: '3' } } } });
    const { Items } = await query(client, { ProjectionExpression: 'b.c, place' });
    assert.deepEqual(Items, [{ b: { M: { c: { N: '2' } } }, place: { S: '1' } }]);
  });

  test('a scan comes upon each item once, page by page', async () => {
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

describe('time', () => {
  test('what has expired is hidden from inspection, and read until it is removed', async () => {
    let now = 1_000_000;
    const db = made(() => now);
    db.put('T', { ...KEY, expiresAt: { N: '1001' } });
    assert.equal(db.items('T').length, 1);
    now = 1_001_000;
    assert.equal(db.items('T').length, 0);
    assert.equal((await query(db.client())).Count, 1);
    db.expire();
    assert.equal((await query(db.client())).Count, 0);
  });

  test('a read that is not consistent may miss the latest write, by its age', async () => {
    let now = 0;
    const db = made(() => now);
    db.hazards = { stale: (age) => age < 1_000 };
    const client = db.client();
    const get = async (ConsistentRead: boolean) =>
      (await client.send(new GetItemCommand({ TableName: 'T', Key: KEY, ConsistentRead }))).Item?.a?.N;
    await put(client, { a: { N: '1' } });
    assert.deepEqual([await get(true), await get(false)], ['1', undefined]);
    assert.deepEqual([(await query(client, { ConsistentRead: true })).Count, (await query(client)).Count], [1, 0]);
    now = 5_000;
    assert.equal(await get(false), '1');
    await put(client, { a: { N: '2' } });
    assert.deepEqual([await get(true), await get(false)], ['2', '1']);
    await client.send(new DeleteItemCommand({ TableName: 'T', Key: KEY }));
    assert.deepEqual([await get(true), await get(false)], [undefined, '2']);
    assert.deepEqual([(await query(client, { ConsistentRead: true })).Count, (await query(client)).Count], [0, 1]);
  });

  test('a query may miss what is written while it runs, and nothing that was written before', async () => {
    const { db } = withPlaces('1', '3');
    db.hazards = { shown: () => false };
    const slow = db.client(async (_, effect) => {
      db.put('T', { ...KEY, place: { S: '2' } });
      await db.client().send(new DeleteItemCommand({ TableName: 'T', Key: KEY }));
      return effect();
    });
    assert.deepEqual(places((await query(slow, { ConsistentRead: true })).Items), ['1', '3']);
    assert.deepEqual(places((await query(db.client(), { ConsistentRead: true })).Items), ['2', '3']);
  });
});

describe('clients', () => {
  test('share nothing with the caller', async () => {
    const db = made();
    const client = db.client();
    const item = { ...KEY, a: { L: [{ B: new Uint8Array([1]) }] } };
    await client.send(new PutItemCommand({ TableName: 'T', Item: item }));
    const read = async () => (await client.send(new GetItemCommand({ TableName: 'T', Key: KEY }))).Item;
    (item.a.L[0] as { B: Uint8Array }).B[0] = 2;
    const once = await read();
    once?.a?.L?.push({ N: '1' });
    assert.deepEqual(await read(), { ...KEY, a: { L: [{ B: new Uint8Array([1]) }] } });
  });

  test('go through what delays, fails or repeats', async () => {
    const { db } = withItem();
    const twice = db.client(async (command, effect) => {
      assert.equal(command.constructor.name, 'UpdateItemCommand');
      effect();
      return effect();
    });
    const add = { UpdateExpression: 'ADD a :v', ExpressionAttributeValues: { ':v': { N: '1' } } };
    await twice.send(new UpdateItemCommand({ TableName: 'T', Key: KEY, ...add }));
    assert.deepEqual(db.items('T'), [{ ...KEY, a: { N: '2' } }]);
    const failing = db.client(() => Promise.reject(new Error('no response')));
    await assert.rejects(put(failing, {}), /no response/);
  });

  test('are logged, and their writes counted', async () => {
    const db = made();
    const client = db.client();
    await put(client, {});
    await query(client, { ConsistentRead: true });
    await client.send(new DeleteItemCommand({ TableName: 'T', Key: KEY }));
    assert.deepEqual(
      db.requests.map(({ name, input }) => [name, input.ConsistentRead]),
      [
        ['PutItem', undefined],
        ['Query', true],
        ['DeleteItem', undefined],
      ],
    );
    assert.deepEqual([db.writes, db.writesTo('T'), db.writesTo('single')], [2, 2, 0]);
  });
});
