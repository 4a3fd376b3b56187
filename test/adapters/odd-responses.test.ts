import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCall } from '../../functions/adapters/http-call.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { loopbackRules } from '../support/rules.ts';

/** A server that responds to each request with these pieces of bytes, one after another, and keeps the connection open. */
async function server(...pieces: readonly string[]) {
  const requests: string[] = [];
  const tcp = createServer((socket) =>
    socket
      .on('error', () => {})
      .on('data', async (bytes) => {
        requests.push(bytes.toString('latin1'));
        for (const piece of pieces) {
          if (!socket.writable) return;
          socket.write(piece, 'latin1');
          await sleep(20);
        }
      }),
  ).listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    requests,
    url: `http://127.0.0.1:${(tcp.address() as AddressInfo).port}/`,
    [Symbol.dispose]: () => void tcp.close(),
  };
}

const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 4, rules: loopbackRules });
const ok = (body: string): CallResult => ({ status: 200, body });

const accepted: readonly (readonly [title: string, pieces: readonly string[], result: CallResult])[] = [
  ['a body without a length whose connection stays open', ['HTTP/1.1 200 OK\r\n\r\nok'], ok('ok')],
  [
    'a body that is shorter than its length',
    ['HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n'],
    { status: 204, body: '' },
  ],
  ['a chunked body that does not end', ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n'], ok('ok')],
  ['an error whose body does not end', ['HTTP/1.1 500 No\r\n\r\noops'], { status: 500, body: 'oops' }],
  ['100 Continue before it', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'], ok('ok')],
  [
    '100 Continue before it, in pieces and twice',
    [
      'HTTP/1.1 10',
      '0 Continue\r\nx: y\r\n',
      '\r\nHTTP/1.1 100 Continue\r\n\r\nHTT',
      'P/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    ],
    ok('ok'),
  ],
  [
    '103 Early Hints before it',
    ['HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ok('ok'),
  ],
  [
    'a header that continues on the next line',
    ['HTTP/1.1 200 OK\r\nx-a: one\r\n two\r\n\tthree\r\ncontent-length: 2\r\n\r\nok'],
    ok('ok'),
  ],
  [
    'headers of 40 KiB',
    [`HTTP/1.1 200 OK\r\n${`x-a: ${'y'.repeat(1000)}\r\n`.repeat(40)}content-length: 2\r\n\r\nok`],
    ok('ok'),
  ],
  ['no reason after its status', ['HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok'], ok('ok')],
  ['a head byte by byte', [...'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'], ok('ok')],
];

for (const [title, pieces, result] of accepted)
  test(`accepts a response with ${title}, and calls once`, async () => {
    using receiver = await server(...pieces);
    const from = performance.now();
    assert.partialDeepStrictEqual(await call(receiver.url, {}), result);
    assert.equal(receiver.requests.length, 1);
    assert.ok(performance.now() - from < 2_500, `${performance.now() - from} ms`);
  });

test('describes the error in a malformed header', async () => {
  using huge = await server(
    `HTTP/1.1 200 OK\r\n${`x-a: ${'y'.repeat(1000)}\r\n`.repeat(80)}content-length: 2\r\n\r\nok`,
  );
  assert.partialDeepStrictEqual(await call(huge.url, {}), { failure: 'headers of more than 64 KiB in the response' });
  using wrong = await server('HTTP/1.1 200 OK\r\nno colon\r\n\r\n');
  assert.partialDeepStrictEqual(await call(wrong.url, {}), {
    failure: 'not an HTTP response, or one with an invalid header',
  });
});

test('uses a connection again after a response with 100 Continue', async () => {
  using receiver = await server('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  for (let n = 1; n <= 3; n++) assert.partialDeepStrictEqual(await call(receiver.url, {}), ok('ok'));
  assert.equal(receiver.requests.length, 3);
});

test('decodes each percent code in the user name and password of a URL', async () => {
  using receiver = await server('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  const sent = async (credentials: string) => {
    await call(receiver.url.replace('http://', `http://${credentials}@`), {});
    const [, base64 = ''] = /authorization: Basic (\S+)/i.exec(receiver.requests.at(-1) ?? '') ?? [];
    return Buffer.from(base64, 'base64').toString();
  };
  assert.equal(await sent('u:a%40b%'), 'u:a@b%');
  assert.equal(await sent('u:%zz%41'), 'u:%zzA');
  assert.equal(await sent('%C3%A4:%25'), 'ä:%');
  assert.equal(await sent(':only'), ':only');
});
