import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCall } from '../../functions/edge/http.ts';
import { receiver } from '../support/receiver.ts';

const options = { connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2 };
const guarded = makeCall({ ...options, allowedPrivateNetworks: [] });
const REFUSED = { failure: 'the address is private, which this deployment does not call' };

/** Spellings of this machine that a URL parser turns into addresses, and names that lead to it. */
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

test('no spelling of a private address is connected to', async () => {
  await using server = await receiver();
  for (const host of spellings(new URL(server.origin).port))
    assert.deepEqual(await guarded(`http://${host}/`, {}), REFUSED, host);
  assert.equal(server.connections(), 0);
});

test('an allowed network is connected to, by address and by name', async () => {
  await using server = await receiver();
  const allowed = makeCall({ ...options, allowedPrivateNetworks: ['127.0.0.0/8'] });
  assert.deepEqual(await allowed(`${server.origin}/`, {}), { status: 200, body: 'ok' });
  const named = server.origin.replace('127.0.0.1', 'localhost');
  assert.deepEqual(await allowed(`${named}/`, {}), { status: 200, body: 'ok' });
});
