import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { call } from '../support/real-call.ts';
import { receiver } from '../support/receiver.ts';

/** A server that responds to every request with these bytes. */
async function responding(bytes: string) {
  let requests = 0;
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .on('data', () => {
        requests++;
        socket.write(bytes);
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, requests: () => requests, [Symbol.dispose]: () => void server.close() };
}

for (const [what, bytes] of [
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
] as const)
  test(`a response with ${what} is rejected`, async () => {
    using server = await responding(bytes);
    assert.partialDeepStrictEqual(await call(server.url, {}), {
      failure: 'not an HTTP response, or one with an invalid header',
    });
  });

test('a response with another protocol fails at once', async () => {
  using server = await responding('HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
  assert.partialDeepStrictEqual(await call(server.url, {}), { failure: 'connection broken before a response' });
});

test('bytes after a response do not become the response to the next call', async () => {
  const response = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
  using server = await responding(response + response.replace('200', '201'));
  for (const calls of [1, 2]) {
    assert.partialDeepStrictEqual(await call(server.url, {}), { status: 200, body: '' });
    assert.equal(server.requests(), calls);
  }
});

test('ignores informational responses before the response', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n';
  using server = await responding(`${hints}HTTP/1.1 204 No Content\r\n\r\n`);
  assert.partialDeepStrictEqual(await call(server.url, {}), { status: 204, body: '' });
  await using broken = await receiver((_, __, socket) => socket.end(hints));
  assert.partialDeepStrictEqual(await call(`${broken.origin}/`, {}), {
    failure: 'connection broken before a response',
  });
});
