import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { Emulator } from '../../cli/local/emulator.ts';
import { freePort, onFreePort, PortInUse } from '../../cli/local/free-port.ts';
import { startMiniStack } from '../../cli/local/ministack.ts';
import { ministackPython } from '../../cli/local/python-environment.ts';
import { until } from '../support/emulator.ts';
import { endWithUs } from '../support/processes.ts';

const { signal } = new AbortController();

/** Starts an emulator that stops at the end of the test. */
async function started(port: number): Promise<AsyncDisposable & Emulator> {
  const emulator = await startMiniStack(signal, port);
  return { ...emulator, [Symbol.asyncDispose]: endWithUs(emulator.stop) };
}

/** Installs MiniStack. Python programs that start then wait before their first line, until they may go on. */
async function waitingPython() {
  await ministackPython(signal);
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-python-'));
  const [began, mayGoOn] = ['began', 'go-on'].map((name) => join(folder, name)) as [string, string];
  const wait = `import os, time
open(${JSON.stringify(began)}, "w").close()
while not os.path.exists(${JSON.stringify(mayGoOn)}): time.sleep(0.05)
`;
  await writeFile(join(folder, 'sitecustomize.py'), wait);
  const { PYTHONPATH } = process.env;
  process.env.PYTHONPATH = folder;
  return {
    begins: () => until('Python begins', () => existsSync(began)),
    goOn: () => writeFile(mayGoOn, ''),
    async [Symbol.asyncDispose]() {
      if (PYTHONPATH === undefined) delete process.env.PYTHONPATH;
      else process.env.PYTHONPATH = PYTHONPATH;
      await writeFile(mayGoOn, '');
      await rm(folder, { recursive: true });
    },
  };
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

test('a program that takes the port before the emulator listens on it is not used as the emulator', async () => {
  await using python = await waitingPython();
  const port = await freePort();
  const starting = started(port);
  await python.begins();
  const requests: string[] = [];
  const foreign = createServer(({ url = '' }, response) => {
    requests.push(url);
    response.end('hello');
  });
  await once(foreign.listen(port, '127.0.0.1'), 'listening');
  try {
    await until('it is asked', () => requests.length > 0);
    await python.goOn();
    await using emulator = await starting;
    assert.notEqual(new URL(emulator.endpoint).port, String(port));
    assert.deepEqual((await client(emulator).send(new ListTablesCommand())).TableNames, []);
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
