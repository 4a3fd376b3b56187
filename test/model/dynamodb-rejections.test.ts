import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Item, KEY, made, put, query, rejects } from './dynamodb-cases.ts';

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

  test('a missing table', () =>
    assert.rejects(client.send(new GetItemCommand({ TableName: 'U', Key: KEY })), ResourceNotFoundException));

  test('writes nothing of a batch with one rejected item', async () => {
    const db = made();
    const requests = [{ PutRequest: { Item: KEY } }, { PutRequest: { Item: { ...KEY, place: { S: '' } } } }];
    await rejects(db.client().send(new BatchWriteItemCommand({ RequestItems: { T: requests } })), /empty string/);
    assert.deepEqual(db.items('T'), []);
  });
});
