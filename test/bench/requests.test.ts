import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger, waits } from './requests/ledger.ts';
import { metricsIn } from './requests/tally.ts';
import { itemBytes, readUnits, writeUnits } from './requests/units.ts';

const spans = (...pairs: [number, number][]) => pairs.map(([from, to]) => ({ from, to }));

test('the size of an item is that of its names and values', () => {
  const item = {
    id: { S: 'äb' },
    n: { N: '12345' },
    rows: { B: Buffer.from('abc').toString('base64') },
    yes: { BOOL: true },
    map: { M: { a: { S: 'b' }, c: { L: [{ S: 'de' }] } } },
  };
  assert.equal(itemBytes(item), 2 + 3 + 1 + 4 + 4 + 3 + 3 + 1 + 3 + (3 + 2) + (1 + 1) + 1 + (3 + 1 + 2));
});

test('a write unit is a kilobyte, a read unit is four kilobytes, and a missing item costs one unit', () => {
  assert.deepEqual([0, 1024, 1025].map(writeUnits), [1, 1, 2]);
  assert.deepEqual([0, 4096, 4097].map(readUnits), [1, 1, 2]);
});

test('parallel requests count as one wait, sequential ones as several', () => {
  assert.equal(waits([]), 0);
  assert.equal(waits(spans([0, 10], [1, 11], [2, 5])), 1);
  assert.equal(waits(spans([0, 10], [10, 20], [25, 30], [26, 40])), 3);
});

test('the ledger counts deleted items, missing items of a batch, and stored items', () => {
  const ledger = new Ledger((table) => table);
  const note = (action: string, request: object, response: object = {}) =>
    ledger.note({ target: `DynamoDB_20120810.${action}`, request, response, from: 0, to: 1 });
  const big = { key: { S: 'a' }, text: { S: 'x'.repeat(1500) }, expiresAt: { N: '2592000' } };
  note('PutItem', { TableName: 'T', Item: big });
  note('BatchWriteItem', { RequestItems: { T: [{ PutRequest: { Item: { key: { S: 'b' } } } }] } });
  note(
    'BatchGetItem',
    { RequestItems: { T: { Keys: [{ key: big.key }, { key: { S: 'c' } }] } } },
    { Responses: { T: [big] } },
  );
  note('Query', { TableName: 'T' }, { Items: [big, big, big] });
  assert.deepEqual([ledger.writeUnits, ledger.readUnits], [{ T: 3 }, { T: 4 }]);
  assert.equal(Math.round(ledger.byteMonths(0).T ?? 0), itemBytes(big) + 100);
  note('DeleteItem', { TableName: 'T', Key: { key: big.key } });
  assert.deepEqual(ledger.writeUnits, { T: 5 });
  assert.equal(ledger.byteMonths(0).T, 0);
});

test('a line in the embedded metric format is one metric per name and value of its dimensions', () => {
  const _aws = {
    CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [[], ['trigger']], Metrics: [{ Name: 'Delivered' }] }],
  };
  assert.deepEqual(metricsIn(JSON.stringify({ _aws, trigger: 'case.edit', Delivered: 1 })), [
    'N Delivered',
    'N Delivered trigger=case.edit',
  ]);
  assert.deepEqual(metricsIn('{"level":"info"}'), []);
});
