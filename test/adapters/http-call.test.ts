import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { loopbackRules } from '../support/rules.ts';
import { lateness } from '../support/stretch.ts';

const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules });

test('the response has the status and the beginning of the body', async () => {
  await using server = await receiver((_, response) => response.writeHead(201).end('done'));
  assert.deepEqual(await call(`${server.origin}/y?a=1`, {}), { status: 201, body: 'done' });
});

test('the target is sent byte for byte, by GET, with the headers given', async () => {
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

test('userinfo is sent as basic authorization, decoded', async () => {
  await using server = await receiver();
  await call(`${server.origin.replace('//', '//m%C3%A9:p%40ss@')}/`, {});
  assert.equal(server.calls[0]?.headers.authorization, `Basic ${Buffer.from('mé:p@ss').toString('base64')}`);
});

test('a redirect is not followed', async () => {
  await using elsewhere = await receiver();
  await using server = await receiver((_, response) =>
    response.writeHead(302, { location: `${elsewhere.origin}/` }).end(),
  );
  assert.deepEqual(await call(`${server.origin}/`, {}), { status: 302, body: '' });
  assert.equal(elsewhere.calls.length, 0);
});

test('Retry-After is handed on', async () => {
  await using server = await receiver((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
  assert.deepEqual(await call(`${server.origin}/`, {}), { status: 429, retryAfter: '7', body: '' });
});

test('of a huge response 16 KiB are read, and the rest is not waited for', async () => {
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
  assert.deepEqual(await call(`${server.origin}/`, {}), { status: 200, body: 'half' });
  assert.ok((await late()) < 1_000);
});

test('no response fails at the deadline', async () => {
  await using server = await receiver(() => {});
  const late = lateness(2_000);
  assert.deepEqual(await call(`${server.origin}/`, {}), { failure: 'no response within 2 s' });
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
  assert.deepEqual(await call(`${server.origin}/`, {}), { failure: 'no response within 2 s' });
});

test('a rejected connection fails at once', async () => {
  const gone = await receiver();
  await gone[Symbol.asyncDispose]();
  assert.deepEqual(await call(`${gone.origin}/`, {}), { failure: 'connection refused' });
});

test('a host that does not exist fails, without its name', async () => {
  const response = await call('http://no-such-host.invalid/?AccountID=secret', {});
  assert.ok('failure' in response);
  assert.match(response.failure, /^host name not found/);
});

test('what is no HTTP fails', async () => {
  const server = createServer((socket) => socket.end('hello\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const response = await call(`http://127.0.0.1:${port}/`, {});
  server.close();
  assert.deepEqual(response, { failure: 'not an HTTP response, or one with an invalid header' });
});

/** Responses every request with these bytes. */
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
  test(`a response with ${what} is none`, async () => {
    using server = await responding(bytes);
    assert.deepEqual(await call(server.url, {}), { failure: 'not an HTTP response, or one with an invalid header' });
  });

test('a response that asks for another protocol fails at once', async () => {
  using server = await responding('HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
  assert.deepEqual(await call(server.url, {}), { failure: 'connection broken before a response' });
});

test('new notifications behind a response is not taken for the response to the next call', async () => {
  const response = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
  using server = await responding(response + response.replace('200', '201'));
  for (const calls of [1, 2]) {
    assert.deepEqual(await call(server.url, {}), { status: 200, body: '' });
    assert.equal(server.requests(), calls);
  }
});

test('what a receiver says before its response is none', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n';
  using server = await responding(`${hints}HTTP/1.1 204 No Content\r\n\r\n`);
  assert.deepEqual(await call(server.url, {}), { status: 204, body: '' });
  await using broken = await receiver((_, __, socket) => socket.end(hints));
  assert.deepEqual(await call(`${broken.origin}/`, {}), { failure: 'connection broken before a response' });
});

test('a call that is cut off while it connects is not made when it has connected', async () => {
  const cut = new AbortController();
  const resolve = () => {
    cut.abort();
    return sleep(50, [{ address: '127.0.0.1', family: 4 }]);
  };
  await using server = await receiver();
  const slowly = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules }, resolve);
  const url = `${server.origin.replace('127.0.0.1', 'slow.example')}/`;
  assert.deepEqual(await slowly(url, {}, cut.signal), { failure: 'cut off: too slow, like those before it' });
  assert.equal(server.connections(), 0);
  await until('it connected', () => server.connections() === 1);
  assert.deepEqual(await slowly(url, {}), { status: 200, body: 'ok' });
  assert.equal(server.calls.length, 1);
});

test('a call is cut off at once, also before it begins', async () => {
  await using server = await receiver(() => cut.abort());
  const cut = new AbortController();
  const response = { failure: 'cut off: too slow, like those before it' };
  assert.deepEqual(await call(`${server.origin}/`, {}, cut.signal), response);
  assert.deepEqual(await call(`${server.origin}/`, {}, cut.signal), response);
  assert.equal(server.calls.length, 1);
});

test('a connection that is not made fails at its own, shorter time', async () => {
  // It takes the connection, but says nothing of TLS.
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const late = lateness(1_000);
  const response = await call(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`, {});
  assert.deepEqual(response, { failure: 'no connection within 1 s' });
  assert.ok((await late()) < 900);
  silent.close();
});

test('TLS with a certificate nobody vouches for fails', async () => {
  // Plain HTTP behind an https URL: the handshake cannot succeed.
  await using server = await receiver();
  const response = await call(`${server.origin.replace('http:', 'https:')}/`, {});
  assert.ok('failure' in response, JSON.stringify(response));
});

test('connections are kept for the next call, and those of a batch for the next batch', async () => {
  for (const atOnce of [1, 10]) {
    await using server = await receiver();
    for (let i = 0; i < 50; i++)
      await Promise.all(Array.from({ length: atOnce }, () => call(`${server.origin}/${i}`, {})));
    assert.equal(server.calls.length, 50 * atOnce);
    assert.equal(server.connections(), atOnce);
  }
});

test('a connection that is not used is closed after four seconds, but not one on which a response is waited for', async () => {
  const patient = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 10, rules: loopbackRules });
  const closed = Promise.withResolvers<number>();
  await using server = await receiver(({ target }, response, socket) => {
    if (target !== '/unused') return void sleep(4_500).then(() => response.end('late'));
    response.writeHead(200, { 'keep-alive': 'timeout=60' }).end();
    const late = lateness(4_500);
    socket.once('close', () => void late().then(closed.resolve));
  });
  const waiting = patient(`${server.origin}/slow`, {});
  await patient(`${server.origin}/unused`, {});
  const ms = await closed.promise;
  assert.ok(ms > -1_000 && ms < 1_000, `${ms} ms after 4.5 s`);
  assert.deepEqual(await waiting, { status: 200, body: 'late' });
});

test('a call whose kept connection broke is made once more, at once, and only once', async () => {
  await using server = await receiver((_, response, socket) => {
    if (server.calls.length === 2) socket.resetAndDestroy();
    else response.end('ok');
  });
  await call(`${server.origin}/`, {});
  assert.deepEqual(await call(`${server.origin}/`, {}), { status: 200, body: 'ok' });
  assert.equal(server.calls.length, 3);

  await using broken = await receiver((_, __, socket) => socket.resetAndDestroy());
  assert.deepEqual(await call(`${broken.origin}/`, {}), { failure: 'connection broken before a response' });
  assert.equal(broken.calls.length, 2);
});

test('a call that is made once more has what is left of the time', async () => {
  await using server = await receiver(async (_, __, socket) => {
    if (server.calls.length > 1) return;
    await sleep(700);
    socket.resetAndDestroy();
  });
  const late = lateness(2_000);
  assert.deepEqual(await call(`${server.origin}/`, {}), { failure: 'no response within 2 s' });
  const ms = await late();
  assert.equal(server.calls.length, 2);
  assert.ok(ms > -100 && ms < 600, `${ms} ms after the deadline`);
});
