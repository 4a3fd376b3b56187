import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { timeKey } from '../../functions/core/log-search.ts';
import { logEntry } from '../support/log-entries.ts';
import { logTable } from '../support/log-table.ts';

const NOW = 1_795_416_200_000;
mock.timers.enable({ apis: ['Date'], now: NOW });

/** A delivery log, with the lower bounds of the queries that read a whole shard since a time. */
function world() {
  const { client } = logTable();
  const bounds: string[] = [];
  const send = (command: QueryCommand) => {
    if (command instanceof QueryCommand && command.input.ScanIndexForward !== false)
      bounds.push(command.input.ExpressionAttributeValues?.[':from']?.S ?? '');
    return client.send(command);
  };
  const log = new DeliveryLog('log', { send } as unknown as DynamoDBClient);
  const writeAt = async (at: number, count = 1) => {
    mock.timers.setTime(at);
    const entries = Array.from({ length: count }, () => logEntry({ at }));
    for (const entry of entries) await log.write([entry]);
    return entries;
  };
  const reads = () => [...new Set(bounds.splice(0))];
  return { log, writeAt, reads };
}

test('the first call returns nothing, and later calls return only attempts that were written since', async () => {
  const { log, writeAt } = world();
  await writeAt(NOW, 3);
  const news = log.follow({});
  assert.deepEqual(await news(), []);
  const written = await writeAt(NOW + 1);
  assert.deepEqual(await news(), written);
});

test('reads each shard from 5 s before the latest attempt on, because attempts can be written late', async () => {
  const { log, writeAt, reads } = world();
  await writeAt(NOW - 60_000, 20);
  await writeAt(NOW);
  const news = log.follow({});
  await news();
  assert.deepEqual(reads(), [timeKey(NOW - 5_000)]);
  await writeAt(NOW + 30_000);
  await writeAt(NOW + 20_000);
  await news();
  assert.deepEqual(reads(), [timeKey(NOW - 5_000)]);
  await news();
  assert.deepEqual(reads(), [timeKey(NOW + 25_000)]);
});

test('follows a log that is empty at first', async () => {
  const { log, writeAt, reads } = world();
  const news = log.follow({});
  assert.deepEqual(await news(), []);
  assert.equal(reads().length, 1);
  assert.deepEqual(await news(), []);
  const written = await writeAt(NOW);
  assert.deepEqual(await news(), written);
});

test('returns all attempts of a shard with several pages', async () => {
  const { log, writeAt } = world();
  const news = log.follow({});
  await news();
  const written = await writeAt(NOW + 1, 600);
  assert.deepEqual(new Set((await news()).map(({ id }) => id)), new Set(written.map(({ id }) => id)));
});
