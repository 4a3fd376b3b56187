import assert from 'node:assert/strict';
import {
  type AttributeValue,
  type DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBInMemory } from './dynamodb.ts';

export type Item = Record<string, AttributeValue>;

export const KEY = { list: { S: 'l' }, place: { S: '1' } };

export const made = (now?: () => number) => new DynamoDBInMemory({ T: ['list', 'place'], single: ['id:N'] }, now);

/** A table with one item. */
export function withItem(attributes: Item = {}) {
  const db = made();
  db.put('T', { ...KEY, ...attributes });
  return { db, client: db.client() };
}

export const put = (client: DynamoDBClient, attributes: Item, rest = {}) =>
  client.send(new PutItemCommand({ TableName: 'T', Item: { ...KEY, ...attributes }, ...rest }));

/** The updated item without its key. */
export async function after(
  item: Item,
  UpdateExpression: string,
  values?: Item,
  rest: Partial<UpdateItemCommandInput> = {},
) {
  const { db, client } = withItem(item);
  await client.send(
    new UpdateItemCommand({ TableName: 'T', Key: KEY, UpdateExpression, ExpressionAttributeValues: values, ...rest }),
  );
  const { list: _, place: __, ...others } = db.items('T')[0] ?? {};
  return others;
}

export const rejects = (request: Promise<unknown>, message: RegExp) =>
  assert.rejects(request, (error) => {
    assert.ok(error instanceof DynamoDBServiceException, String(error));
    assert.equal(error.name, 'ValidationException');
    assert.match(error.message, message);
    return true;
  });

export const query = (client: DynamoDBClient, rest: Partial<QueryCommandInput> = {}) =>
  client.send(
    new QueryCommand({
      TableName: 'T',
      KeyConditionExpression: '#l = :l',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':l': { S: 'l' } },
      ...rest,
    }),
  );

export const places = (items: readonly Item[] = []) => items.map(({ place }) => place?.S);

/** A table with items at these places of one partition. */
export function withPlaces(...all: readonly (string | Item)[]) {
  const db = made();
  for (const one of all) db.put('T', typeof one === 'string' ? { ...KEY, place: { S: one } } : { ...KEY, ...one });
  return { db, client: db.client() };
}
