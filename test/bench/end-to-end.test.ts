import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ways } from './end-to-end/way.ts';

test('finds the path of a change in the requests of capture and deliver, and none for a change without a call', () => {
  const at = (from: number, to: number, target: string, request: object) => ({
    target,
    request,
    response: {},
    from,
    to,
  });
  const read = (count: number) => ({ RequestItems: { Triggers: { Keys: Array(count).fill({}) } } });
  const exchanges = [
    at(1, 2, 'DynamoDB_20120810.BatchGetItem', read(3)),
    at(3, 4, 'AmazonSQS.SendMessageBatch', { Entries: [{ MessageBody: JSON.stringify({ formattedString: '?a=1' }) }] }),
    at(5, 6, 'DynamoDB_20120810.BatchGetItem', read(1)),
    at(9, 10, 'DynamoDB_20120810.BatchGetItem', read(1)),
  ];
  const origin = performance.timeOrigin;
  const write = { written: origin, inTable: origin + 1 };
  const written = new Map([
    ['?a=1', write],
    ['?a=2', write],
  ]);
  const [way, ...others] = ways(written, exchanges, new Map([['?a=1', origin + 8]]), origin);
  assert.deepEqual(others, []);
  assert.deepEqual(
    Object.values(way ?? {}).map((time) => Math.round(time - origin)),
    [0, 1, 3, 4, 5, 6, 8],
  );
});
