import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { connectFirst } from '../../functions/adapters/connect-first.ts';
import { unreachable } from '../support/unreachable.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has all of 127.0.0.0/8 as addresses of the machine';

async function listen(host: string, port = 0) {
  const server = createServer((socket) => socket.on('error', () => {}).end('here')).listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** A signal that ends after a time, and does not keep the process alive. */
const within = (milliseconds: number) => AbortSignal.timeout(milliseconds);

test('connects to the second address when the first rejects', { skip }, async () => {
  await using server = await listen('127.0.0.3');
  const from = performance.now();
  const socket = await connectFirst(['127.0.0.2', '127.0.0.3'], server.port, within(2_000));
  assert.equal(socket.remoteAddress, '127.0.0.3');
  assert.ok(performance.now() - from < 200, 'without waiting');
  socket.destroy();
});

test('connects to the second address in parallel with a first one that never responds', { skip }, async () => {
  using silent = await unreachable('127.0.0.2');
  await using server = await listen('127.0.0.3', silent.port);
  const from = performance.now();
  const socket = await connectFirst(['127.0.0.2', '127.0.0.3'], server.port, within(2_000));
  assert.equal(socket.remoteAddress, '127.0.0.3');
  assert.ok(performance.now() - from >= 240, 'after the first had the connection to itself');
  socket.destroy();
});

test('waits for an address that needs longer than 250 ms, while the others fail', { skip }, async () => {
  using slow = await unreachable('127.0.0.2');
  setTimeout(slow.accept, 500);
  const from = performance.now();
  const socket = await connectFirst(['127.0.0.2', '127.0.0.3', '127.0.0.4'], slow.port, within(4_000));
  assert.equal(socket.remoteAddress, '127.0.0.2');
  assert.ok(performance.now() - from > 500);
  socket.destroy();
});

test('reaches the last of 25 addresses, though the others reject', { skip }, async () => {
  await using server = await listen('127.0.0.26');
  const addresses = Array.from({ length: 25 }, (_, i) => `127.0.0.${i + 2}`);
  const socket = await connectFirst(addresses, server.port, within(2_000));
  assert.equal(socket.remoteAddress, '127.0.0.26');
  socket.destroy();
});

test('fails with the error of the first address if all fail', { skip }, async () => {
  const { port } = await (async () => {
    await using server = await listen('127.0.0.2');
    return server;
  })();
  await assert.rejects(connectFirst(['127.0.0.2', '127.0.0.3'], port, within(2_000)), {
    code: 'ECONNREFUSED',
    address: '127.0.0.2',
  });
});

test('ends all attempts at its time limit, and makes none after it', { skip }, async () => {
  using silent = await unreachable('127.0.0.2');
  const ended = new Error('ended');
  const ending = new AbortController();
  setTimeout(() => ending.abort(ended), 400);
  await assert.rejects(connectFirst(['127.0.0.2', '127.0.0.2'], silent.port, ending.signal), ended);
  await assert.rejects(connectFirst(['127.0.0.3'], silent.port, ending.signal), ended);
});
