import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification } from '../../functions/core/notification.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, active, slowed, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('ten consecutive failures park a trigger; a success between them resets the count with one write', async () => {
  let status = 500;
  await using server = await receiver((_, response) => response.writeHead(status).end());
  const { deps, triggers, state } = world({ 'customer.edit': server.origin });
  const batch = (size: number) => Array.from({ length: size }, (_, i) => message(notification({ record: record(i) })));
  await deliver(batch(9), deps, A_MINUTE);
  assert.equal(state(), 'active');
  status = 200;
  triggers.writes = 0;
  await deliver(batch(10), deps, A_MINUTE);
  assert.ok(triggers.writes <= 10 && triggers.items.get('customer.edit')?.consecutiveFailures === 0);
  triggers.writes = 0;
  await deliver(batch(10), deps, A_MINUTE);
  assert.equal(triggers.writes, 0, 'a healthy receiver costs no write');
  status = 500;
  await deliver(batch(10), deps, A_MINUTE);
  assert.equal(state(), 'parked');
});

test('a response slower than five seconds counts as a failure, even with status 2xx; parking aborts attempts in flight', async () => {
  await using server = await receiver((call, response) => {
    if (!call.target.includes('hangs')) response.end();
  });
  // Every attempt counts as slow as soon as it has begun.
  const after = (_: number, act: () => void) => {
    setTimeout(act, 20);
    return () => {};
  };
  const { deps, triggers, returned, state } = world({ 'customer.edit': server.origin }, { after, call: slowed(40) });
  const batch = (size: number, formattedString: string) =>
    Array.from({ length: size }, (_, i) => message(notification({ record: record(i), formattedString })));
  const { batchItemFailures } = await deliver(batch(9, '?AccountID=good'), deps, A_MINUTE);
  assert.deepEqual([batchItemFailures, state()], [[], 'active'], 'delivered all the same');
  const started = performance.now();
  await deliver(batch(2, '?AccountID=hangs'), deps, A_MINUTE);
  assert.equal(state(), 'parked');
  assert.equal(triggers.items.get('customer.edit')?.parkedBecause, 'no response within 5 s');
  assert.equal(returned.length, 2);
  assert.ok(performance.now() - started < 1_500, 'long before their time was up');
});

test('notifications of a parked or paused trigger go to its backlog, and other triggers are called', async () => {
  await using server = await receiver();
  const { deps, triggers, backlog } = world({ 'customer.edit': server.origin, 'task.edit': server.origin });
  await triggers.move('customer.edit', 'pause', { pausedBy: 'admin' });
  const waiting = [1, 2, 3].map(() => notification({ record: record(1) }));
  const batch = [...waiting.map((n) => message(n)), message(notification({ record: record(2), trigger: 'task.edit' }))];
  const { batchItemFailures } = await deliver(batch, deps, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.deepEqual(
    [...backlog.parkedItems.keys()],
    waiting.map(({ id }) => id),
  );
  assert.deepEqual(
    server.calls.map(({ headers }) => headers['crm-trigger']),
    ['task.edit'],
  );
});

test('the notifications of one record go to the backlog in order: each gets its time after the one before is stored', async () => {
  let clock = 1_000;
  const { deps, triggers, backlog } = world({ 'customer.edit': 'http://127.0.0.1/' }, { now: () => clock++ });
  await triggers.move('customer.edit', 'pause', { pausedBy: 'admin' });
  const puts: string[][] = [];
  const park = mock.method(backlog, 'park', async (waiting: { notification: Notification }[]) => {
    puts.push(waiting.map(({ notification }) => notification.formattedString));
  });
  const batch = ['a1', 'b1', 'a2', 'a3'].map((name) =>
    message(notification({ record: record(name.charCodeAt(0)), formattedString: `?AccountID=${name}` })),
  );
  await deliver(batch, deps, A_MINUTE);
  assert.deepEqual(puts, [['?AccountID=a1', '?AccountID=b1'], ['?AccountID=a2'], ['?AccountID=a3']]);
  const dates = park.mock.calls.map(({ arguments: [, at] }) => at as number);
  assert.ok((dates[0] as number) < (dates[1] as number) && (dates[1] as number) < (dates[2] as number));
});

test('aborts attempts in flight when another function has parked their trigger', async () => {
  await using server = await receiver((call, response) => {
    if (call.target.endsWith('quick')) response.end();
  });
  const watched: (() => void)[] = [];
  const after = (milliseconds: number, act: () => void) => {
    if (milliseconds === 1_000) watched.push(act);
    return () => {};
  };
  const urls = { 'customer.edit': server.origin, 'task.edit': server.origin };
  const { deps, triggers, returned } = world(urls, { after });
  const batch = [
    message(notification({ record: record(1), formattedString: '?AccountID=hangs' })),
    message(notification({ record: record(2), trigger: 'task.edit', formattedString: '?AccountID=quick' })),
  ];
  const done = deliver(batch, deps, A_MINUTE);
  while (server.calls.length < 2) await sleep(5);
  const started = performance.now();
  await triggers.move('customer.edit', 'park');
  for (const act of watched) act();
  const { batchItemFailures } = await done;
  assert.ok(performance.now() - started < 500, 'long before the attempt would have ended by itself');
  assert.deepEqual(batchItemFailures, [{ itemIdentifier: batch[0]?.messageId }]);
  assert.equal(returned.length, 1);
});

test('a message that was parked while its trigger became active stays in the queue, and is delivered only once', async () => {
  await using server = await receiver();
  const { deps, triggers, backlog, returned } = world({ 'customer.edit': server.origin });
  await triggers.move('customer.edit', 'pause');
  const reads = mock.method(triggers, 'read');
  // Between the write and the second read, another process resumes and drains the trigger.
  reads.mock.mockImplementationOnce(async () => new Map([['customer.edit', { ...active, url: server.origin }]]), 1);
  const waiting = notification();
  const { batchItemFailures } = await deliver([message(waiting)], deps, A_MINUTE);
  assert.equal(batchItemFailures.length, 1);
  assert.equal(returned[0]?.seconds, 1);
  triggers.put('customer.edit', { ...active, url: server.origin });
  await deliver([message(waiting, { ApproximateReceiveCount: '2' })], deps, A_MINUTE);
  assert.equal(server.calls.length, 1);
  assert.equal(backlog.parkedItems.size, 0);
});

test('messages of a finishing trigger wait', async () => {
  await using server = await receiver();
  const { deps, triggers, backlog, returned } = world({ 'customer.edit': server.origin });
  triggers.put('customer.edit', { ...active, state: 'finishing', url: server.origin });
  const { batchItemFailures } = await deliver([message(notification())], deps, A_MINUTE);
  assert.equal(batchItemFailures.length, 1);
  assert.deepEqual([returned[0]?.seconds, server.calls.length, backlog.parkedItems.size], [1, 0, 0]);
});
