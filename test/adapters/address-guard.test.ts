import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { guardedConnector } from '../../functions/adapters/address-guard.ts';
import { makeCall } from '../../functions/adapters/http-call.ts';
import type { NameLookup } from '../../functions/adapters/name-lookup.ts';
import { type UrlPolicy, urlCheckBy } from '../../functions/core/url-policy.ts';
import { watchConnections } from '../support/connections.ts';
import { receiver } from '../support/receiver.ts';
import { defaultRules, loopbackRules } from '../support/rules.ts';
import { selfSigned } from '../support/self-signed.ts';

const timeouts = { connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2 };
const withHttp: UrlPolicy = { ...defaultRules, allowHttp: true };
const guarded = makeCall({ ...timeouts, rules: withHttp });
const PRIVATE = {
  blocked:
    'leads to an address that is not public. Fix: use another host, or add its network to allowedPrivateNetworks in cdk.json',
};

/** A resolver that returns these responses one after another and then repeats the last one, with the number of its look-ups. */
function responding(...responses: readonly (readonly string[])[]) {
  let asked = 0;
  const resolve: NameLookup = async () => {
    const response = responses[Math.min(asked++, responses.length - 1)] ?? [];
    return response.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { resolve, asked: () => asked };
}

/** Spellings of this machine that a URL parser converts to addresses, and names that resolve to it. */
const spellings = (port: string) => [
  `127.0.0.1:${port}`,
  `127.1:${port}`,
  `2130706433:${port}`,
  `0x7f.1:${port}`,
  `0177.0.0.1:${port}`,
  `[::ffff:127.0.0.1]:${port}`,
  `[::1]:${port}`,
  `0.0.0.0:${port}`,
  `localhost:${port}`,
  `user:pass@localhost:${port}`,
];

test('connects to no spelling of a private address', async () => {
  await using server = await receiver();
  for (const host of spellings(new URL(server.origin).port))
    assert.deepEqual(await guarded(`http://${host}/`, {}), PRIVATE, host);
  assert.equal(server.connections(), 0);
});

test('connects to an allowed network by address and by name', async () => {
  await using server = await receiver();
  const allowed = makeCall({ ...timeouts, rules: loopbackRules });
  assert.partialDeepStrictEqual(await allowed(`${server.origin}/`, {}), { status: 200, body: 'ok' });
  const named = server.origin.replace('127.0.0.1', 'localhost');
  assert.partialDeepStrictEqual(await allowed(`${named}/`, {}), { status: 200, body: 'ok' });
});

test('connects to the checked addresses: it looks up a name only once for a connection', async () => {
  using watched = await watchConnections();
  const { resolve, asked } = responding(['8.8.8.8', '2001:4860:4860::8888'], ['127.0.0.1']);
  const call = makeCall({ ...timeouts, rules: defaultRules }, resolve);
  assert.partialDeepStrictEqual(await call('https://rebinds.example/', {}), { failure: 'host not reachable' });
  assert.deepEqual(
    watched.attempts.map(({ address }) => address),
    ['8.8.8.8', '2001:4860:4860::8888'],
  );
  assert.equal(asked(), 1);
  assert.partialDeepStrictEqual(
    await call('https://rebinds.example/', {}),
    PRIVATE,
    'the next connection is checked anew',
  );
  assert.equal(watched.attempts.length, 2);
});

test('rejects a name if one of its addresses is private', async () => {
  using watched = await watchConnections();
  for (const response of [
    ['8.8.8.8', '10.0.0.1'],
    ['10.0.0.1', '8.8.8.8'],
    ['2600::1', '::1'],
  ]) {
    const call = makeCall({ ...timeouts, rules: defaultRules }, responding(response).resolve);
    assert.partialDeepStrictEqual(await call('https://half.example/', {}), PRIVATE);
  }
  assert.deepEqual(watched.attempts, []);
});

test('checks a repeated call again', async () => {
  await using broken = await receiver((_, __, socket) => socket.resetAndDestroy());
  const { resolve } = responding(['127.0.0.1'], ['10.0.0.1']);
  const call = makeCall({ ...timeouts, rules: loopbackRules }, resolve);
  const named = broken.origin.replace('127.0.0.1', 'rebinds.example');
  assert.partialDeepStrictEqual(await call(`${named}/`, {}), PRIVATE);
  assert.equal(broken.calls.length, 1);
});

test('a name without addresses and a failing resolver are results of the call', async () => {
  const rules = defaultRules;
  const none = makeCall({ ...timeouts, rules }, responding([]).resolve);
  assert.deepEqual(await none('https://nowhere.example/', {}), { failure: 'host name not found' });
  const fails = makeCall({ ...timeouts, rules }, async () => {
    throw Object.assign(new Error('queryA ESERVFAIL nowhere.example'), { code: 'EAI_AGAIN' });
  });
  assert.deepEqual(await fails('https://nowhere.example/', {}), { failure: 'host name not found for now' });
});

test('describes invalid URLs and schemes that are not allowed in words', async () => {
  assert.deepEqual(await guarded('?AccountID=1', {}), {
    blocked: 'is not a URL. Fix: check the host and the port, as in https://example.com:8443/hook',
  });
  assert.deepEqual(await guarded('file:///etc/passwd', {}), {
    blocked: 'does not begin with http:// or https://. Fix: set the whole URL, such as https://example.com/hook',
  });
});

test('the connector checks every connection, however it is requested', async () => {
  using watched = await watchConnections();
  const connect = guardedConnector(urlCheckBy(defaultRules), { timeout: 1_000 }, responding(['10.0.0.1']).resolve);
  const to = (url: string) =>
    new Promise((resolve) => {
      const { hostname, host, protocol, port } = new URL(url);
      connect({ hostname, host, protocol, port }, (...[error]) => resolve(error?.message));
    });
  for (const url of ['https://127.0.0.1/', 'https://[::1]/', 'https://localhost./', 'https://inside.example/'])
    assert.equal(await to(url), PRIVATE.blocked, url);
  assert.match(`${await to('http://8.8.8.8/')}`, /^begins with http/);
  assert.match(`${await to('https://8.8.8.8:22/')}`, /^has a port below 1024/);
  assert.deepEqual(watched.attempts, []);
});

test('rejects an untrusted certificate regardless of the environment', async (t) => {
  const requests: unknown[] = [];
  const server = createTlsServer(selfSigned, (request, response) => {
    requests.push(request);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    const call = makeCall({ ...timeouts, rules: loopbackRules });
    const response = await call(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, {});
    assert.deepEqual(response, { failure: 'TLS certificate signed by itself' });
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  }
  assert.equal(requests.length, 0);
});

test("offers at least TLS 1.2 and only HTTP/1.1, regardless of the process's settings", async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls;
  Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'DEFAULT@SECLEVEL=0' });
  t.after(() => Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS }));
  const call = makeCall({ ...timeouts, rules: loopbackRules });
  const responded = call(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [hello] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  await responded;
  assert.deepEqual(supportedVersions(hello), ['0304', '0303']);
  assert.deepEqual(protocols(hello), ['http/1.1']);
});

/** The extension of a TLS ClientHello that lists the versions. */
function supportedVersions(hello: Buffer): string[] {
  const [, versions = ''] = hello.toString('hex').match(/002b00.{4}((?:030\d)+)/) ?? [];
  return versions.match(/.{4}/g) ?? [];
}

/** The extension of a TLS ClientHello that lists the protocols inside TLS. */
function protocols(hello: Buffer): string[] {
  const names = ['http/1.1', 'h2'].map((name) => [name, Buffer.from(name).toString('hex')] as const);
  const [, list = ''] = hello.toString('hex').match(/0010.{8}((?:08687474702f312e31|026832)+)/) ?? [];
  return names.filter(([, hex]) => list.includes(hex)).map(([name]) => name);
}
