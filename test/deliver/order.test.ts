import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('attempts the records of a batch in parallel, and the notifications of one record in order', async () => {
  let open = 0;
  let most = 0;
  const openPerRecord = new Map<string, number>();
  await using server = await receiver(async ({ target }, response) => {
    const of = target.split('-')[0] ?? '';
    most = Math.max(most, ++open);
    openPerRecord.set(of, (openPerRecord.get(of) ?? 0) + 1);
    assert.equal(openPerRecord.get(of), 1);
    await sleep(50);
    open--;
    openPerRecord.set(of, 0);
    response.end();
  });
  const { deps } = world({ 'customer.edit': server.origin });
  const batch = Array.from({ length: 10 }, (_, i) =>
    message(notification({ record: record(i % 5), formattedString: `?AccountID=r${i % 5}-${i}` })),
  );
  await deliver(batch, deps, A_MINUTE);
  assert.equal(most, 5);
  const ofRecord0 = server.calls.map(({ target }) => target).filter((target) => target.includes('r0'));
  assert.deepEqual(ofRecord0, ['/?AccountID=r0-0', '/?AccountID=r0-5']);
});

test('a failed notification waits for its retry with all later ones of its record; other records do not wait', async () => {
  await using server = await receiver((call, response) => {
    response.statusCode = call.target.includes('bad') ? 500 : 200;
    response.end();
  });
  const { deps, backlog, returned } = world({ 'customer.edit': server.origin });
  const bad = notification({ record: record(1), formattedString: '?AccountID=bad' });
  const batch = [
    message(notification({ record: record(1), formattedString: '?AccountID=before' })),
    message(bad),
    message(notification({ record: record(1), formattedString: '?AccountID=behind' })),
    message(notification({ record: record(2), formattedString: '?AccountID=other' })),
  ];
  const response = await deliver(batch, deps, A_MINUTE);
  assert.deepEqual(response.batchItemFailures, [
    { itemIdentifier: batch[1]?.messageId },
    { itemIdentifier: batch[2]?.messageId },
  ]);
  assert.deepEqual(returned, [
    { receiptHandle: batch[1]?.receiptHandle, seconds: 5 },
    { receiptHandle: batch[2]?.receiptHandle, seconds: 5 },
  ]);
  assert.deepEqual(server.calls.map(({ target }) => target).sort(), [
    '/?AccountID=bad',
    '/?AccountID=before',
    '/?AccountID=other',
  ]);
  const item = backlog.retryItems.get(bad.id);
  assert.partialDeepStrictEqual(item, { attempts: 1, response: 'HTTP 500' });
  assert.ok(Math.abs((item?.nextTry ?? 0) - Date.now() - 5_000) < 1_000);
});

test('a notification that waited behind another one keeps all its attempts', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end());
  const { deps, returned } = world({ 'customer.edit': server.origin });
  await deliver([message(notification(), { ApproximateReceiveCount: '25' })], deps, A_MINUTE);
  assert.equal(server.calls[0]?.headers['crm-trigger-attempt'], '1');
  assert.equal(returned[0]?.seconds, 5);
});
