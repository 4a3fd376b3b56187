import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { secretOf, signatures } from '../../functions/core/signature.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('an attempt is a GET of the URL with the formatted string and the headers of the contract', async () => {
  await using server = await receiver();
  const { deps } = world({ 'customer.edit': `${server.origin}/hook?k=v#f` });
  const sent = notification({ formattedString: '?AccountID=a%201', sequence: '77' });
  assert.deepEqual(await deliver([message(sent)], deps, A_MINUTE), { batchItemFailures: [] });
  const [received] = server.calls;
  assert.equal(received?.target, '/hook?k=v&AccountID=a%201');
  assert.match(received?.headers['user-agent'] ?? '', /^crm-triggers\/\d+\.\d+\.\d+$/);
  assert.equal(received?.headers['webhook-id'], sent.id);
  assert.ok(Math.abs(Number(received?.headers['webhook-timestamp']) - Date.now() / 1000) < 5);
  assert.equal(received?.headers['crm-trigger'], 'customer.edit');
  assert.equal(received?.headers['crm-trigger-attempt'], '1');
  assert.equal(received?.headers['crm-trigger-sequence'], '77');
  assert.equal(received?.headers['crm-trigger-test'], undefined);
});

test('each attempt is signed over the target as it is sent, also with a replaced secret that is still valid', async () => {
  await using server = await receiver();
  const { deps, secrets } = world({ 'customer.edit': `${server.origin}/über/./x?k=%2f#part` });
  const [secret, old, older] = [1, 2, 3].map((byte) => secretOf(Buffer.alloc(32, byte))) as [string, string, string];
  const replaced = [
    { secret: old, until: Date.now() + 60_000 },
    { secret: older, until: Date.now() - 1 },
  ];
  secrets.put('customer.edit', {
    secret,
    replaced,
    headers: { 'x-token': 't1', 'webhook-id': 'forged' },
    version: 1,
  });
  const sent = notification({ formattedString: '?AccountID=%C3%A4' });
  await deliver([message(sent)], deps, A_MINUTE);
  const [{ target, headers } = assert.fail()] = server.calls;
  assert.equal(target, '/%C3%BCber/x?k=%2f&AccountID=%C3%A4');
  const signed = { id: sent.id, timestamp: Number(headers['webhook-timestamp']), target };
  assert.ok(Math.abs(Date.now() / 1000 - signed.timestamp) < 5);
  assert.equal(headers['webhook-signature'], signatures([secret, old], signed));
  assert.deepEqual([headers['x-token'], headers['webhook-id']], ['t1', sent.id]);
});

test('a successful batch makes one read of the triggers and one write to the delivery log', async () => {
  await using server = await receiver();
  const { deps, triggers, backlog, log, returned } = world({
    'customer.edit': server.origin,
    'task.edit': server.origin,
  });
  const reads = mock.method(triggers, 'read');
  const seen = mock.method(backlog, 'seen');
  const batch = Array.from({ length: 10 }, (_, i) =>
    message(notification({ record: record(i), trigger: i % 2 ? 'customer.edit' : 'task.edit' })),
  );
  await deliver(batch, deps, A_MINUTE);
  assert.equal(server.calls.length, 10);
  assert.deepEqual([reads.mock.callCount(), seen.mock.callCount()], [1, 0]);
  assert.deepEqual([triggers.writes, backlog.writes], [0, 0]);
  assert.deepEqual([log.writes, log.entries.length], [1, 10]);
  assert.deepEqual(returned, []);
});

test('an attempt uses the URL that is set at its start', async () => {
  await using wrong = await receiver((_, response) => response.writeHead(404).end());
  await using right = await receiver();
  const { deps, triggers } = world({ 'customer.edit': `${wrong.origin}/typo` });
  const waiting = notification({ formattedString: '?AccountID=a' });
  await deliver([message(waiting)], deps, A_MINUTE);
  await triggers.writeUrl('customer.edit', `${right.origin}/right`, 0);
  await deliver([message(waiting, { ApproximateReceiveCount: '2' })], deps, A_MINUTE);
  assert.deepEqual(
    right.calls.map(({ target }) => target),
    ['/right?AccountID=a'],
  );
});
