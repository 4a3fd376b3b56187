import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';

const lines = mock.method(console, 'log', () => {});

/** The number of log lines that say that a trigger is over its limit. */
const overLimit = () => lines.mock.calls.filter(({ arguments: [line] }) => String(line).includes('exceed')).length;

test('calls over the limit of a trigger are left to drain, which is started once', async () => {
  await using server = await receiver();
  let started = 0;
  const w = world({ 'customer.edit': server.origin }, { startDrain: async () => void started++ });
  await w.triggers.writeSetting('customer.edit', 'maxPerSecond', 0.1);
  lines.mock.resetCalls();
  const messages = [1, 2, 3].map((n) => message(notification({ record: record(n) })));
  const { batchItemFailures } = await deliver(messages, w.deps, A_MINUTE);
  assert.deepEqual([server.calls.length, batchItemFailures.length, w.state()], [1, 2, 'draining']);
  assert.deepEqual([started, overLimit()], [1, 1]);
});
