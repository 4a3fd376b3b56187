import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { nameLookup } from '../../functions/adapters/name-lookup.ts';
import { nameServer } from '../support/name-server.ts';
import { loopbackRules } from '../support/rules.ts';
import { selfSigned } from '../support/self-signed.ts';
import { unreachable } from '../support/unreachable.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has all of 127.0.0.0/8 as addresses of the machine';
const rules = { ...loopbackRules, allowedPrivateNetworks: ['127.0.0.0/8'] };

async function listen(host: string, port = 0) {
  const server = createHttpServer((_, response) => response.end('here')).listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('reaches a host whose only working address needs more than 250 ms to connect', { skip }, async () => {
  using slow = await unreachable('127.0.0.2');
  await using dns = await nameServer({ 'slow.example': { addresses: ['127.0.0.2', '127.0.0.3'] } });
  const call = makeCall(
    { connectTimeoutSeconds: 4, attemptTimeoutSeconds: 8, rules },
    nameLookup({ servers: [dns.server] }),
  );
  setTimeout(slow.accept, 400);
  const from = performance.now();
  assert.partialDeepStrictEqual(await call(`http://slow.example:${slow.port}/`, {}), { status: 200, body: 'late' });
  assert.ok(performance.now() - from > 400);
});

test('reaches the second address of a host whose first one never responds', { skip }, async () => {
  using silent = await unreachable('127.0.0.2');
  await using server = await listen('127.0.0.3', silent.port);
  await using dns = await nameServer({ 'half.example': { addresses: ['127.0.0.2', '127.0.0.3'] } });
  const call = makeCall(
    { connectTimeoutSeconds: 3, attemptTimeoutSeconds: 5, rules },
    nameLookup({ servers: [dns.server] }),
  );
  assert.partialDeepStrictEqual(await call(`http://half.example:${server.port}/`, {}), { status: 200, body: 'here' });
});

test('reports the time limit of a connection, and waits that long', { skip }, async () => {
  using silent = await unreachable('127.0.0.2');
  const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 5, rules });
  const from = performance.now();
  assert.partialDeepStrictEqual(await call(`http://127.0.0.2:${silent.port}/`, {}), {
    failure: 'no connection within 1 s',
  });
  assert.ok(performance.now() - from >= 990, `${performance.now() - from} ms`);
});

test('a silent name server does not delay calls to other names', async () => {
  await using server = await listen('127.0.0.1');
  const silent = Array.from({ length: 20 }, (_, i) => `silent-${i}.example`);
  await using dns = await nameServer({
    ...Object.fromEntries(silent.map((name) => [name, { silent: 'all' } as const])),
    'healthy.example': { addresses: ['127.0.0.1'] },
  });
  const call = makeCall(
    { connectTimeoutSeconds: 2, attemptTimeoutSeconds: 5, rules },
    nameLookup({ servers: [dns.server] }),
  );
  const waiting = silent.map((name) => call(`http://${name}/`, {}));
  const from = performance.now();
  assert.partialDeepStrictEqual(await call(`http://healthy.example:${server.port}/`, {}), {
    status: 200,
    body: 'here',
  });
  assert.ok(performance.now() - from < 900, `${performance.now() - from} ms`);
  assert.deepEqual(
    await Promise.all(waiting),
    silent.map(() => ({ failure: 'host name not looked up within 2 s' })),
  );
});

for (const [title, zone, failure] of [
  ['a name that does not exist', { code: 3 }, 'host name not found'],
  ['a name whose server fails after a second', { code: 2, delayMs: 1_000 }, 'host name not found for now'],
] as const)
  test(`${title} fails in words`, async () => {
    await using dns = await nameServer({ 'failing.example': zone });
    const call = makeCall(
      { connectTimeoutSeconds: 4, attemptTimeoutSeconds: 8, rules },
      nameLookup({ servers: [dns.server] }),
    );
    assert.partialDeepStrictEqual(await call('http://failing.example/', {}), { failure });
  });

test('the name in a TLS handshake has no trailing dot, and an address has no name', async (t) => {
  const names: string[] = [];
  const SNICallback = (name: string, done: (error: null) => void) => {
    names.push(name);
    done(null);
  };
  const server = createTlsServer({ ...selfSigned, SNICallback }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const call = makeCall({ connectTimeoutSeconds: 2, attemptTimeoutSeconds: 4, rules }, async () => [
    { address: '127.0.0.1', family: 4 },
  ]);
  const { port } = server.address() as AddressInfo;
  for (const host of ['host.example.', 'host.example', '127.0.0.1']) await call(`https://${host}:${port}/`, {});
  assert.deepEqual(names, ['host.example', 'host.example']);
});
