import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../support/real-call.ts';
import { receiver } from '../support/receiver.ts';
import { lateness } from '../support/stretch.ts';

test('returns the status and the beginning of the body', async () => {
  await using server = await receiver((_, response) => response.writeHead(201).end('done'));
  assert.partialDeepStrictEqual(await call(`${server.origin}/y?a=1`, {}), { status: 201, body: 'done' });
});

test('sends a GET with the exact target and headers', async () => {
  let method: string | undefined;
  await using server = await receiver((_, response) => {
    method = response.req.method;
    response.end();
  });
  const target = "/a%20b/%c3%A4?k='%27&&=%zz&AccountID=%C3%A4%27";
  await call(server.origin + target.replace("'", '%27'), { 'webhook-id': 'msg_1' });
  assert.equal(method, 'GET');
  assert.equal(server.calls[0]?.target, target.replace("'", '%27'));
  assert.equal(server.calls[0]?.headers['webhook-id'], 'msg_1');
});

test('sends decoded userinfo as basic authorization', async () => {
  await using server = await receiver();
  await call(`${server.origin.replace('//', '//m%C3%A9:p%40ss@')}/`, {});
  assert.equal(server.calls[0]?.headers.authorization, `Basic ${Buffer.from('mé:p@ss').toString('base64')}`);
});

test('does not follow a redirect', async () => {
  await using elsewhere = await receiver();
  await using server = await receiver((_, response) =>
    response.writeHead(302, { location: `${elsewhere.origin}/` }).end(),
  );
  const headers = `location: ${elsewhere.origin}/`;
  const response = await call(`${server.origin}/`, {});
  assert.partialDeepStrictEqual(response, { status: 302, body: '' });
  assert.ok('headers' in response && response.headers?.includes(headers));
  assert.equal(elsewhere.calls.length, 0);
});

test('returns Retry-After', async () => {
  await using server = await receiver((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}), { status: 429, retryAfter: '7', body: '' });
});

test('reads 16 KiB of a large response and does not wait for the rest', async () => {
  await using server = await receiver((_, response) => {
    const flood = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', flood);
    };
    flood();
  });
  const response = await call(`${server.origin}/`, {});
  assert.ok('status' in response && response.status === 200);
  assert.equal(response.body.length, 16_384);
});

test('a success whose body never ends is a success, at the deadline', async () => {
  await using server = await receiver((_, response) => response.write('half'));
  const late = lateness(2_000);
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}), { status: 200, body: 'half' });
  assert.ok((await late()) < 1_000);
});

test('no response fails at the deadline', async () => {
  await using server = await receiver(() => {});
  const late = lateness(2_000);
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}), { failure: 'no response within 2 s' });
  const ms = await late();
  assert.ok(ms > -100 && ms < 1_000, `${ms} ms after the deadline`);
});

test('a response that trickles in byte by byte fails at the deadline too', async () => {
  await using server = await receiver(async (_, response, socket) => {
    for (const byte of 'HTTP/1.1 200 OK\r\nx-slow: yes\r\n') {
      if (socket.destroyed) return;
      socket.write(byte);
      await sleep(150);
    }
    response.destroy();
  });
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}), { failure: 'no response within 2 s' });
});

test('a rejected connection fails at once', async () => {
  const gone = await receiver();
  await gone[Symbol.asyncDispose]();
  assert.partialDeepStrictEqual(await call(`${gone.origin}/`, {}), { failure: 'connection refused' });
});

test('a host that does not exist fails, without its name', async () => {
  const response = await call('http://no-such-host.invalid/?AccountID=secret', {});
  assert.ok('failure' in response);
  assert.match(response.failure, /^host name not found/);
});

test('a response that is not HTTP fails', async () => {
  const server = createServer((socket) => socket.end('hello\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const response = await call(`http://127.0.0.1:${port}/`, {});
  server.close();
  assert.deepEqual(response, { failure: 'not an HTTP response, or one with an invalid header' });
});

test('an untrusted certificate fails', async () => {
  // Plain HTTP behind an https URL: the handshake cannot succeed.
  await using server = await receiver();
  const response = await call(`${server.origin.replace('http:', 'https:')}/`, {});
  assert.ok('failure' in response, JSON.stringify(response));
});
