import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { emulatorEnvironment } from '../../cli/emulator-environment.ts';
import type { Emulator } from '../../cli/local/emulator.ts';
import { startMiniStack } from '../../cli/local/ministack.ts';
import { descendants } from '../support/processes.ts';
import { listeningSockets } from '../support/sockets.ts';

describe('the emulator of a local run', () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startMiniStack(new AbortController().signal, 0);
  });
  after(() => emulator?.stop());

  const send = (headers: Record<string, string>, method = 'POST') =>
    new Promise<{ status: number; allowed: string | undefined; body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(emulator.endpoint);
      const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' };
      const call = request({ hostname, port, method, headers: { ...target, ...headers } }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            allowed: response.headers['access-control-allow-origin'],
            body,
          }),
        );
      });
      call.on('error', reject).end(method === 'POST' ? '{}' : undefined);
    });

  test('responds to an AWS client', async () => {
    const env = await emulatorEnvironment(emulator.endpoint);
    const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
    const client = new DynamoDBClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials });
    assert.deepEqual((await client.send(new ListTablesCommand())).TableNames, []);
    assert.equal((await send({})).status, 200);
  });

  for (const [title, headers, method] of [
    ['a page of another origin', { origin: 'https://evil.example' }],
    [
      'a preflight request of a page of another origin',
      { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      'OPTIONS',
    ],
    ['a page at another port of this machine', { origin: 'http://127.0.0.1:3000' }],
    ['a page without an origin', { origin: 'null' }],
    ['an image or a form of a page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'GET'],
    ['a foreign name that resolves to this machine (DNS rebinding)', { host: 'evil.example' }],
    ['a foreign name that begins like the address of this machine', { host: '127.0.0.1.evil.example' }],
  ] as const)
    test(`rejects ${title}`, async () => {
      const { status, allowed, body } = await send(headers, method);
      assert.deepEqual([status, allowed], [403, undefined]);
      assert.doesNotMatch(body, /TableNames/);
    });

  test('listens on the loopback interface only', {
    skip: process.platform !== 'linux' && 'reads /proc',
  }, async () => {
    const sockets = listeningSockets(descendants(process.pid));
    assert.ok(sockets.length > 0);
    assert.deepEqual(
      sockets.filter(({ isLoopback }) => !isLoopback),
      [],
    );
  });
});
