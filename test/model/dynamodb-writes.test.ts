import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { after, type Item, KEY, made, put, withItem } from './dynamodb-cases.ts';

/** The item that is read if the condition is met; `false` if not. */
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

  test('a failed condition throws the class of the SDK, with the item if it was requested', async () => {
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

  test('returns the requested values', async () => {
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

  test('creates a missing item', async () => {
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
