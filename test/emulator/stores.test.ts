import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { conformance } from '../stores/conformance.ts';
import { keys, type TableName } from '../stores/harness.ts';
import { createTable } from '../support/create-table.ts';
import { runningEmulator } from '../support/emulator.ts';

let emulator: Awaited<ReturnType<typeof runningEmulator>>;
let client: DynamoDBClient;

before(async () => {
  emulator = await runningEmulator();
  client = new DynamoDBClient();
});
after(async () => {
  client?.destroy();
  await emulator?.stop();
});

conformance('stores on an emulator', async () => {
  const run = randomUUID();
  const entries = Object.entries(keys) as [TableName, readonly string[]][];
  const names = Object.fromEntries(entries.map(([table]) => [table, `${run}-${table}`])) as Record<TableName, string>;
  await Promise.all(entries.map(([table, key]) => createTable(client, names[table], key)));
  const drop = async () => {
    await Promise.all(Object.values(names).map((TableName) => client.send(new DeleteTableCommand({ TableName }))));
  };
  return { client, names, drop };
});
