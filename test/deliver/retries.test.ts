import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('retry delays grow, and a notification that a healthy receiver always rejects moves to Failed', async () => {
  await using server = await receiver((_, response) => response.writeHead(422).end());
  const { deps, triggers, backlog, returned } = world({ 'customer.edit': server.origin });
  const failing = notification({ changedAt: Date.now() });
  for (let receive = 1; receive <= 5; receive++) {
    await deliver([message(failing, { ApproximateReceiveCount: String(receive) })], deps, A_MINUTE);
    // Another record is delivered meanwhile.
    await triggers.clearFailures('customer.edit', Date.now());
  }
  assert.deepEqual(
    returned.map(({ seconds }) => seconds),
    [5, 30, 120, 600],
  );
  assert.deepEqual(
    server.calls.map(({ headers }) => headers['crm-trigger-attempt']),
    ['1', '2', '3', '4', '5'],
  );
  assert.deepEqual(new Set(server.calls.map(({ headers }) => headers['webhook-id'])), new Set([failing.id]));
  assert.equal(backlog.retryItems.size, 0);
  assert.partialDeepStrictEqual(
    [...backlog.failedItems.values()],
    [{ id: failing.id, reason: 'HTTP 422', attempts: 5, notification: failing }],
  );
});

test('parks a notification and its trigger after the last retry if nothing was delivered since the first attempt', async () => {
  await using server = await receiver((_, response) => response.writeHead(503).end());
  const { deps, backlog, returned, state } = world({ 'customer.edit': server.origin });
  const failing = notification({ changedAt: Date.now() });
  for (let receive = 1; receive <= 5; receive++)
    await deliver([message(failing, { ApproximateReceiveCount: String(receive) })], deps, A_MINUTE);
  assert.equal(state(), 'parked');
  assert.equal(returned.at(-1)?.seconds, 1);
  const { batchItemFailures } = await deliver([message(failing, { ApproximateReceiveCount: '6' })], deps, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.equal(server.calls.length, 5);
  assert.equal(backlog.failedItems.size, 0);
  assert.equal(backlog.parkedItems.get(failing.id)?.attempts, 5);
});

test('honors Retry-After up to 15 minutes; it never shortens a retry delay', async () => {
  const asked = ['40', '86400', '1', new Date(Date.now() + 60_000).toUTCString(), 'soon'];
  await using server = await receiver((_, response) =>
    response.writeHead(500, { 'retry-after': asked[server.calls.length - 1] }).end(),
  );
  const { deps, returned } = world({ 'customer.edit': server.origin });
  for (const _ of asked) await deliver([message(notification())], deps, A_MINUTE);
  const seconds = returned.map(({ seconds }) => seconds);
  assert.deepEqual(seconds.toSpliced(3, 1), [40, 900, 5, 5]);
  assert.ok((seconds[3] ?? 0) >= 58 && (seconds[3] ?? 0) <= 60);
});

test('a notification moves to Failed 72 hours after its change; a redelivered one does not count as a failure', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end());
  const { deps, triggers, backlog } = world({ 'customer.edit': server.origin });
  const old = notification({ changedAt: Date.now() - 73 * 3_600_000 });
  await deliver([message(old)], deps, A_MINUTE);
  assert.ok(backlog.failedItems.has(old.id));
  const consecutiveFailures = triggers.items.get('customer.edit')?.consecutiveFailures;
  const again = notification({ changedAt: old.changedAt, redelivered: Date.now() });
  await deliver([message(again)], deps, A_MINUTE);
  assert.equal(triggers.items.get('customer.edit')?.consecutiveFailures, consecutiveFailures);
  assert.ok(backlog.retryItems.has(again.id));
});

test('deletes the stored state of a notification after its delivery', async () => {
  let responses = 500;
  await using server = await receiver((_, response) => response.writeHead(responses).end());
  const { deps, backlog } = world({ 'customer.edit': server.origin });
  const once = notification();
  await deliver([message(once)], deps, A_MINUTE);
  assert.equal(backlog.retryItems.size, 1);
  responses = 200;
  const { batchItemFailures } = await deliver([message(once, { ApproximateReceiveCount: '2' })], deps, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.equal(backlog.retryItems.size, 0);
  assert.equal(server.calls[1]?.headers['crm-trigger-attempt'], '2');
});
