import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { until } from '../support/emulator.ts';
import { call } from '../support/real-call.ts';
import { receiver } from '../support/receiver.ts';
import { loopbackRules } from '../support/rules.ts';
import { lateness } from '../support/stretch.ts';

test('a call that is aborted during its connection is not made', async () => {
  const cut = new AbortController();
  const resolve = () => {
    cut.abort();
    return sleep(50, [{ address: '127.0.0.1', family: 4 }]);
  };
  await using server = await receiver();
  const slowly = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules }, resolve);
  const url = `${server.origin.replace('127.0.0.1', 'slow.example')}/`;
  assert.partialDeepStrictEqual(await slowly(url, {}, cut.signal), {
    failure: 'cut off: too slow, like those before it',
  });
  assert.equal(server.connections(), 0);
  await until('it connected', () => server.connections() === 1);
  assert.partialDeepStrictEqual(await slowly(url, {}), { status: 200, body: 'ok' });
  assert.equal(server.calls.length, 1);
});

test('aborts a call at once, also before it begins', async () => {
  await using server = await receiver(() => cut.abort());
  const cut = new AbortController();
  const response = { failure: 'cut off: too slow, like those before it' };
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}, cut.signal), response);
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}, cut.signal), response);
  assert.equal(server.calls.length, 1);
});

test('a connection fails at its own, shorter time limit', async () => {
  // It accepts the connection, but never completes the TLS handshake.
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const late = lateness(1_000);
  const response = await call(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`, {});
  assert.deepEqual(response, { failure: 'no connection within 1 s' });
  assert.ok((await late()) < 900);
  silent.close();
});

test('reuses connections for the next call and the next batch', async () => {
  for (const atOnce of [1, 10]) {
    await using server = await receiver();
    for (let i = 0; i < 50; i++)
      await Promise.all(Array.from({ length: atOnce }, () => call(`${server.origin}/${i}`, {})));
    assert.equal(server.calls.length, 50 * atOnce);
    assert.equal(server.connections(), atOnce);
  }
});

test('closes an idle connection after four seconds, but not one that waits for a response', async () => {
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
  assert.partialDeepStrictEqual(await waiting, { status: 200, body: 'late' });
});

test('repeats a call once if its reused connection broke', async () => {
  await using server = await receiver((_, response, socket) => {
    if (server.calls.length === 2) socket.resetAndDestroy();
    else response.end('ok');
  });
  await call(`${server.origin}/`, {});
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}), { status: 200, body: 'ok' });
  assert.equal(server.calls.length, 3);

  await using broken = await receiver((_, __, socket) => socket.resetAndDestroy());
  assert.partialDeepStrictEqual(await call(`${broken.origin}/`, {}), {
    failure: 'connection broken before a response',
  });
  assert.equal(broken.calls.length, 2);
});

test('a repeated call has the remaining time', async () => {
  await using server = await receiver(async (_, __, socket) => {
    if (server.calls.length > 1) return;
    await sleep(700);
    socket.resetAndDestroy();
  });
  const late = lateness(2_000);
  assert.partialDeepStrictEqual(await call(`${server.origin}/`, {}), { failure: 'no response within 2 s' });
  const ms = await late();
  assert.equal(server.calls.length, 2);
  assert.ok(ms > -100 && ms < 600, `${ms} ms after the deadline`);
});
