import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('a test call is attempted once, is marked, and its response is stored', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end('x'.repeat(2_000)));
  const { deps, backlog, returned } = world({ 'customer.edit': server.origin });
  const { batchItemFailures } = await deliver([message(notification({ test: true }))], deps, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.deepEqual(returned, []);
  assert.equal(server.calls[0]?.headers['crm-trigger-test'], 'true');
  assert.partialDeepStrictEqual(
    [...backlog.tests.values()],
    [{ delivered: false, response: 'HTTP 500', body: 'x'.repeat(1024) }],
  );
});
