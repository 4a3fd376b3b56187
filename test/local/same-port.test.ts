import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { Emulator } from '../../cli/local/emulator.ts';
import { freePort, onFreePort, PortInUse } from '../../cli/local/free-port.ts';
import { startMiniStack } from '../../cli/local/ministack.ts';
import { until } from '../support/emulator.ts';
import { commandOf, descendants, endWithUs } from '../support/processes.ts';

const { signal } = new AbortController();

/** Starts an emulator that stops at the end of the test. */
async function started(port: number): Promise<AsyncDisposable & Emulator> {
  const emulator = await startMiniStack(signal, port);
  return { ...emulator, [Symbol.asyncDispose]: endWithUs(emulator.stop) };
}

const client = ({ endpoint }: Emulator) =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

test('two emulators that start at the same time with the same usual port use two ports', async () => {
  const port = await freePort();
  await using both = new AsyncDisposableStack();
  const [one, other] = (await Promise.all([started(port), started(port)])).map((emulator) => both.use(emulator));
  assert.ok(one && other);
  await client(one).send(
    new CreateTableCommand({
      TableName: 'one',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  const tables = await Promise.all([one, other].map((each) => client(each).send(new ListTablesCommand())));
  assert.deepEqual(
    tables.map(({ TableNames }) => TableNames),
    [['one'], []],
  );
});

test('a program that takes the port before the emulator listens on it is not used as the emulator', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  const port = await freePort();
  const starting = started(port);
  const isStarting = () => descendants(process.pid).some((pid) => commandOf(pid).includes('run_ministack.py'));
  await until('the emulator starts', isStarting, undefined, 10);
  const requests: string[] = [];
  const foreign = createServer(({ url = '' }, response) => {
    requests.push(url);
    response.end('hello');
  });
  await once(foreign.listen(port, '127.0.0.1'), 'listening');
  try {
    await using emulator = await starting;
    assert.notEqual(new URL(emulator.endpoint).port, String(port));
    assert.deepEqual((await client(emulator).send(new ListTablesCommand())).TableNames, []);
    assert.ok(requests.length > 0, 'it responded while the emulator started');
  } finally {
    foreign.close();
    foreign.closeAllConnections();
  }
});

test('a program is started again on another port only when its port is in use, three times at most', async () => {
  const port = await freePort();
  const failing = (error: Error) => {
    const ports: number[] = [];
    const ended = onFreePort(port, async (given) => {
      ports.push(given);
      throw error;
    });
    return assert.rejects(ended, error).then(() => ports);
  };
  const inUse = await failing(new PortInUse('in use'));
  assert.equal(inUse[0], port);
  assert.equal(new Set(inUse).size, 3);
  assert.deepEqual(await failing(new Error('no memory')), [port]);
});

test('a free port is not one that the system gives to connections and servers of other programs', async () => {
  const port = await freePort();
  assert.ok(port >= 20_000 && port < 32_768, String(port));
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  assert.notEqual(await freePort(port), port);
  server.close();
});
