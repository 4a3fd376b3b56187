import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '../../functions/adapters/delivery-queue.ts';
import { type Call, makeCall } from '../../functions/adapters/http-call.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { secretOf, signatures } from '../../functions/core/signature.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import type { DeliverDeps } from '../../functions/deliver/deps.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification } from '../support/records.ts';
import { loopbackRules } from '../support/rules.ts';
import { storesInMemory } from '../support/stores.ts';
import { unmeasured } from '../support/unmeasured.ts';

mock.method(console, 'log', () => {});

const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules });
const A_MINUTE = () => 60_000;
const active = { state: 'active', consecutiveFailures: 0, lastSuccess: 0, probeAt: 0, probeDelay: 0 } as const;
const record = (n: number) => String(n).padStart(64, '0');

/** Deliver's world in memory, but for the calls, which are real. */
function world(urls: Partial<Record<Trigger, string>>, overrides: Partial<DeliverDeps> = {}) {
  const { triggers, backlog, secrets, log } = storesInMemory();
  for (const [trigger, url] of Object.entries(urls)) void triggers.writeUrl(trigger as Trigger, url, 0);
  triggers.writes = 0;
  const deadLettered: DeadLetter[] = [];
  const returned: { receiptHandle: string; seconds: number }[] = [];
  const deps: DeliverDeps = {
    triggers,
    backlog,
    secrets,
    log,
    logged: 'all',
    metrics: unmeasured,
    queue: {
      sendToDeadLetters: async (letter) => void deadLettered.push(letter),
      returnToQueue: async (messages) => void returned.push(...messages),
    },
    call,
    retryDelays: [5, 30, 120, 600],
    attemptMs: 2_000,
    now: Date.now,
    random: () => 0.5,
    after: () => () => {},
    ...overrides,
  };
  const state = (trigger: Trigger = 'customer.edit') => triggers.items.get(trigger)?.state;
  return { deps, triggers, backlog, secrets, log, deadLettered, returned, state };
}

test('a notification is a GET of the configured URL with the formatted string and the headers of the contract', async () => {
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

test('each attempt is signed anew, over the target as it is sent, also with a secret that was just replaced', async () => {
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

test('what goes well costs one read of the triggers and one write to the delivery log for the whole batch, and no more', async () => {
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

test('records are called side by side, notifications of one record one after another', async () => {
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

test('a failed notification waits for a retry, and all behind it of its record; other records are not touched', async () => {
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

test('retry delays grow, attempts are counted, and what a healthy receiver alone keeps rejecting moves to Failed', async () => {
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

test('when it runs out of retries and nothing was delivered since its first attempt, its trigger is parked, and it with it', async () => {
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

test('ten consecutive failures in a row park a trigger; a success between them wipes the slate with one write', async () => {
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

test('a response slower than five seconds is a failure, even a good one; once parked, attempts that hang are cut off', async () => {
  await using server = await receiver((call, response) => {
    if (!call.target.includes('hangs')) response.end();
  });
  // Every attempt turns out slow as soon as it has begun.
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

/** A caller whose responses take a while more. */
const slowed =
  (ms: number): Call =>
  async (...args) => {
    const response = await call(...args);
    await sleep(ms);
    return response;
  };

test('what a parked or paused trigger gets goes to its backlog, and other triggers are called', async () => {
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

test('one record goes to the backlog in its order: each is dated when the one before it is there', async () => {
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

test('attempts that wait are cut off when another function has parked their trigger', async () => {
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

test('parked while its trigger returned, a message stays in the queue, and is not delivered from both', async () => {
  await using server = await receiver();
  const { deps, triggers, backlog, returned } = world({ 'customer.edit': server.origin });
  await triggers.move('customer.edit', 'pause');
  const reads = mock.method(triggers, 'read');
  // Between the write and the look, somebody resumes and drains the trigger.
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

test('a closing trigger is waited for', async () => {
  await using server = await receiver();
  const { deps, triggers, backlog, returned } = world({ 'customer.edit': server.origin });
  triggers.put('customer.edit', { ...active, state: 'finishing', url: server.origin });
  const { batchItemFailures } = await deliver([message(notification())], deps, A_MINUTE);
  assert.equal(batchItemFailures.length, 1);
  assert.deepEqual([returned[0]?.seconds, server.calls.length, backlog.parkedItems.size], [1, 0, 0]);
});

test('410 pauses the trigger, and nothing is lost', async () => {
  await using server = await receiver((_, response) => response.writeHead(410).end());
  const { deps, triggers, backlog } = world({ 'customer.edit': server.origin });
  const gone = notification();
  await deliver([message(gone)], deps, A_MINUTE);
  assert.partialDeepStrictEqual(triggers.items.get('customer.edit'), { state: 'paused', pausedBy: 'gone' });
  await deliver([message(gone, { ApproximateReceiveCount: '2' })], deps, A_MINUTE);
  assert.equal(backlog.parkedItems.size, 1);
  assert.equal(server.calls.length, 1);
});

test('a URL that may not be called parks its trigger at once, says why, and loses nothing', async () => {
  const { deps, triggers, backlog, returned, state } = world({ 'customer.edit': 'https://10.0.0.1/hook' });
  const waiting = [1, 2].map((n) => notification({ record: record(n) }));
  await deliver(
    waiting.map((n) => message(n)),
    deps,
    A_MINUTE,
  );
  const { parkedBecause, consecutiveFailures, probeAt = 0, probeDelay } = triggers.items.get('customer.edit') ?? {};
  assert.match(parkedBecause ?? '', /^leads to an address that is not public\. Fix: /);
  assert.doesNotMatch(parkedBecause ?? '', /10\.0\.0\.1|hook/);
  assert.deepEqual([state(), consecutiveFailures, triggers.moves, probeDelay], ['parked', 0, 1, 30_000]);
  assert.ok(Math.abs(probeAt - Date.now() - 30_000) < 1_000);
  assert.deepEqual(
    returned.map(({ seconds }) => seconds),
    [1, 1],
  );
  const calls = mock.method(deps, 'call');
  const again = waiting.map((n) => message(n, { ApproximateReceiveCount: '2' }));
  assert.deepEqual(await deliver(again, deps, A_MINUTE), { batchItemFailures: [] });
  assert.deepEqual([calls.mock.callCount(), backlog.parkedItems.size, backlog.retryItems.size], [0, 2, 0]);
  assert.partialDeepStrictEqual(backlog.parkedItems.get(waiting[0]?.id ?? ''), { attempts: 1 });
});

test('what is sent again by hand to a URL that may not be called waits too, and what is too old is moved to Failed', async () => {
  const { deps, backlog, state } = world({ 'customer.edit': 'https://10.0.0.1/', 'task.edit': 'https://10.0.0.1/' });
  const changedAt = Date.now() - 73 * 3_600_000;
  await deliver([message(notification({ changedAt, redelivered: Date.now() }))], deps, A_MINUTE);
  assert.deepEqual([state(), backlog.retryItems.size], ['parked', 1]);
  const old = notification({ trigger: 'task.edit', changedAt });
  assert.deepEqual(await deliver([message(old)], deps, A_MINUTE), { batchItemFailures: [] });
  assert.match(backlog.failedItems.get(old.id)?.reason ?? '', /^leads to an address that is not public/);
});

test('a test of a URL that may not be called says why, and parks nothing', async () => {
  const { deps, backlog, state } = world({ 'customer.edit': 'https://10.0.0.1/' });
  await deliver([message(notification({ test: true }))], deps, A_MINUTE);
  assert.match([...backlog.tests.values()][0]?.response ?? '', /^leads to an address that is not public\. Fix: /);
  assert.equal(state(), 'active');
});

test('a parked trigger keeps the response that parked it', async () => {
  await using server = await receiver((_, response) => response.writeHead(503).end());
  const { deps, triggers } = world({ 'customer.edit': server.origin });
  const batch = Array.from({ length: 10 }, (_, i) => message(notification({ record: record(i) })));
  await deliver(batch, deps, A_MINUTE);
  assert.partialDeepStrictEqual(triggers.items.get('customer.edit'), { state: 'parked', parkedBecause: 'HTTP 503' });
});

test('Retry-After is heeded up to 15 minutes, and never shortens a retry delay', async () => {
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

test('what failed 72 hours after its change is moved to Failed, and what was sent again by hand is no failure', async () => {
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

test('a follower that was received with a waiting head, but never attempted, has all its attempts left', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end());
  const { deps, returned } = world({ 'customer.edit': server.origin });
  await deliver([message(notification(), { ApproximateReceiveCount: '25' })], deps, A_MINUTE);
  assert.equal(server.calls[0]?.headers['crm-trigger-attempt'], '1');
  assert.equal(returned[0]?.seconds, 5);
});

test('a waiting notification that arrives at last leaves no trace', async () => {
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

test('an attempt uses the URL of its moment', async () => {
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

test('moves the pending notification of a trigger without a URL to Failed', async () => {
  const { deps, backlog } = world({});
  const waiting = notification();
  const { batchItemFailures } = await deliver([message(waiting)], deps, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.partialDeepStrictEqual(
    [...backlog.failedItems.values()],
    [{ id: waiting.id, reason: 'no URL is set for customer.edit', attempts: 0 }],
  );
});

test('a message that no code can read goes to the dead-letter queue as it is, and those behind it go on', async () => {
  await using server = await receiver();
  const { deps, deadLettered } = world({ 'customer.edit': server.origin });
  const group = { MessageGroupId: record(1) };
  const { batchItemFailures } = await deliver(
    [message('{"v":9}', group), message(notification(), group)],
    deps,
    A_MINUTE,
  );
  assert.deepEqual(batchItemFailures, []);
  assert.partialDeepStrictEqual(deadLettered, [{ body: '{"v":9}', reason: 'the message is not of version 1' }]);
  assert.equal(server.calls.length, 1);
});

test('what cannot be attempted before the function ends is returned to the queue at once, unattempted', async () => {
  await using server = await receiver();
  let remaining = 60_000;
  const { deps, returned } = world({ 'customer.edit': server.origin });
  const batch = [1, 2, 3].map(() => message(notification()));
  const { batchItemFailures } = await deliver(batch, deps, () => {
    const now = remaining;
    remaining = 6_000;
    return now;
  });
  assert.equal(server.calls.length, 1);
  assert.equal(batchItemFailures.length, 2);
  assert.deepEqual(
    returned.map(({ seconds }) => seconds),
    [1, 1],
  );
});

const fails = async () => {
  throw new Error('no response');
};

test('when the tables do not respond, everything returns to the queue for a while', async () => {
  const { deps, triggers, returned } = world({});
  mock.method(triggers, 'read', fails);
  const batch = [1, 1, 2].map((n) => message(notification({ record: record(n) })));
  const { batchItemFailures } = await deliver(batch, deps, A_MINUTE);
  assert.equal(batchItemFailures.length, 3);
  assert.deepEqual(
    returned.map(({ seconds }) => seconds),
    [5, 5, 5],
  );
});

const failures: [string, (w: ReturnType<typeof world>) => void, number, Partial<Notification>][] = [
  ['hold', (w) => mock.method(w.backlog, 'hold', fails), 500, {}],
  ['fail', (w) => mock.method(w.backlog, 'fail', fails), 500, { changedAt: 0 }],
  ['release', (w) => mock.method(w.backlog, 'release', fails), 200, {}],
  ['putTestResult', (w) => mock.method(w.backlog, 'putTestResult', fails), 500, { test: true }],
  ['countFailure', (w) => mock.method(w.triggers, 'countFailure', fails), 500, {}],
  ['returnToQueue', (w) => mock.method(w.deps.queue, 'returnToQueue', fails), 500, {}],
];

for (const [failing, breakIt, status, overrides] of failures)
  test(`it does not throw when ${failing} fails, and the queue keeps what is not settled`, async () => {
    await using server = await receiver((_, response) => response.writeHead(status).end());
    const w = world({ 'customer.edit': server.origin });
    const stuck = notification({ changedAt: Date.now(), ...overrides });
    await w.backlog.hold({ notification: stuck, attempts: 1, firstAttempt: 1, response: '', nextTry: 0 }, Date.now());
    breakIt(w);
    const { batchItemFailures } = await deliver([message(stuck, { ApproximateReceiveCount: '2' })], w.deps, A_MINUTE);
    assert.equal(batchItemFailures.length, 1);
  });

for (const failing of ['park', 'read'] as const)
  test(`it does not throw when ${failing} fails while parking, and the queue keeps the message`, async () => {
    const w = world({ 'customer.edit': 'http://127.0.0.1:9/' });
    await w.triggers.move('customer.edit', 'pause');
    if (failing === 'park') mock.method(w.backlog, 'park', fails);
    else mock.method(w.triggers, 'read').mock.mockImplementationOnce(fails, 1);
    const { batchItemFailures } = await deliver([message(notification())], w.deps, A_MINUTE);
    assert.equal(batchItemFailures.length, 1);
  });

test('a test is attempted once, marked, and its response is kept', async () => {
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

/** The origin of a receiver that is gone. */
async function nobodyListens(): Promise<string> {
  await using server = await receiver();
  return server.origin;
}

test('every attempt of a batch is logged in one write, with the result of it', async () => {
  await using server = await receiver((call, response) => {
    const status = Number(call.target.match(/=(\d+)/)?.[1]);
    response.writeHead(status).end(status === 503 ? `down\u0000${'ü'.repeat(600)}` : '');
  });
  const { deps, log } = world({
    'customer.edit': `${server.origin}/SECRET?k=SECRET`,
    'task.edit': server.origin,
    'case.edit': 'https://10.0.0.1/SECRET',
    'case.create': `${await nobodyListens()}/SECRET`,
  });
  const sent = [
    notification({ record: record(1), formattedString: '?AccountID=200' }),
    notification({ record: record(1), formattedString: '?AccountID=503', redelivered: Date.now() }),
    notification({ record: record(1), formattedString: '?AccountID=201' }),
    notification({ record: record(2), formattedString: '?AccountID=410', trigger: 'task.edit' }),
    notification({ record: record(3), formattedString: '?AccountID=200', trigger: 'task.edit', test: true }),
    notification({ record: record(4), trigger: 'case.edit' }),
    notification({ record: record(5), trigger: 'case.create' }),
  ];
  const began = Date.now();
  await deliver(
    sent.map((one) => message(one)),
    deps,
    A_MINUTE,
  );
  assert.equal(log.writes, 1);
  const outcomes = log.entries.map(({ id, outcome, response }) => [id, outcome, response.split('. Fix:')[0]]);
  assert.deepEqual(
    new Set(outcomes.map((one) => one.join())),
    new Set([
      [sent[0]?.id, 'delivered', 'HTTP 200'].join(),
      [sent[1]?.id, 'failed', 'HTTP 503'].join(),
      [sent[3]?.id, 'gone', 'HTTP 410'].join(),
      [sent[4]?.id, 'delivered', 'HTTP 200'].join(),
      [sent[5]?.id, 'blocked', 'leads to an address that is not public'].join(),
      [sent[6]?.id, 'failed', 'connection refused'].join(),
    ]),
  );
  const of = (n: number) => log.entries.find(({ id }) => id === sent[n]?.id);
  const { at, milliseconds, ...failed } = of(1) ?? assert.fail();
  assert.ok(at >= began && at + milliseconds <= Date.now() && milliseconds >= 0);
  assert.deepEqual(failed, {
    trigger: 'customer.edit',
    id: sent[1]?.id,
    formattedString: '?AccountID=503',
    attempt: 1,
    outcome: 'failed',
    response: 'HTTP 503',
    body: `down\u0000${'ü'.repeat(509)}`,
    redelivered: true,
  });
  assert.deepEqual([of(4)?.test, of(4)?.redelivered, of(4)?.body], [true, undefined, undefined]);
  assert.doesNotMatch(JSON.stringify(log.entries), /SECRET|127\.0\.0\.1|10\.0\.0\.1/);
});

test('a delivery log that fails harms nothing: all is settled as without it', async () => {
  await using server = await receiver((call, response) =>
    response.writeHead(call.target.includes('bad') ? 500 : 200).end(),
  );
  const w = world({ 'customer.edit': server.origin });
  mock.method(w.log, 'write', fails);
  const lines = mock.method(console, 'log', () => {});
  const batch = ['good', 'bad'].map((name, i) =>
    message(notification({ record: record(i), formattedString: `?AccountID=${name}` })),
  );
  const { batchItemFailures } = await deliver(batch, w.deps, A_MINUTE);
  lines.mock.restore();
  assert.deepEqual(batchItemFailures, [{ itemIdentifier: batch[1]?.messageId }]);
  assert.deepEqual([w.returned.length, w.backlog.retryItems.size, server.calls.length], [1, 1, 2]);
  assert.match(String(lines.mock.calls.map(({ arguments: [line] }) => line)), /the delivery log lacks attempts/);
});

test('messages are returned to the queue while the delivery log is being written, not after it', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end());
  const w = world({ 'customer.edit': server.origin });
  let response: () => void = () => assert.fail('it was not written');
  mock.method(w.log, 'write', () => new Promise<void>((resolve) => (response = resolve)));
  const done = deliver([message(notification())], w.deps, A_MINUTE);
  while (w.returned.length === 0) await sleep(1);
  response();
  assert.equal((await done).batchItemFailures.length, 1);
});

for (const [logged, responses] of [
  ['failures', ['HTTP 500']],
  ['off', []],
] as const)
  test(`with the delivery log set to ${logged}, it gets ${responses.length} of a success and a failure`, async () => {
    await using server = await receiver((call, response) =>
      response.writeHead(call.target.includes('bad') ? 500 : 200).end(),
    );
    const { deps, log } = world({ 'customer.edit': server.origin }, { logged });
    const batch = (...names: string[]) =>
      names.map((name, i) => message(notification({ record: record(i), formattedString: `?AccountID=${name}` })));
    await deliver(batch('good', 'bad'), deps, A_MINUTE);
    await deliver(batch('good', 'better'), deps, A_MINUTE);
    assert.deepEqual(
      log.entries.map(({ response }) => response),
      responses,
    );
    assert.equal(log.writes, responses.length, 'nothing is written when there is nothing to log');
  });

test('its log holds no URL, no query and no response of the receiver but the status', async () => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  await using server = await receiver((_, response) => response.writeHead(500, { 'x-m': 'MARKER' }).end('MARKER'));
  const { deps } = world({ 'customer.edit': `${server.origin}/MARKER?MARKER` });
  await deliver([message(notification({ formattedString: '?AccountID=MARKER' })), message('MARKER')], deps, A_MINUTE);
  log.mock.restore();
  assert.ok(lines.length >= 3);
  assert.doesNotMatch(lines.join('\n'), /MARKER|127\.0\.0\.1/);
});
