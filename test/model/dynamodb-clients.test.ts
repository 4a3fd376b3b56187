import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DeleteItemCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { KEY, made, places, put, query, withItem, withPlaces } from './dynamodb-cases.ts';

describe('time', () => {
  test('an expired item is not shown to tests, but is read until it is removed', async () => {
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

  test('a read without ConsistentRead can miss the latest write, depending on its age', async () => {
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

  test('a query can miss a write during the query, but no earlier write', async () => {
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
  test('copy items that they receive and return', async () => {
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

  test('go through the function that delays, fails or repeats them', async () => {
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

  test('are recorded, and their writes are counted', async () => {
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
