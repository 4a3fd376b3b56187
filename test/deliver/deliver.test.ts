import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { type DeliverParts, deliver } from '../../functions/deliver/deliver.ts';
import type { TestResult } from '../../functions/edge/backlog.ts';
import { makeCall } from '../../functions/edge/http.ts';
import type { DeadLetter } from '../../functions/edge/queue.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification } from '../support/records.ts';

mock.method(console, 'log', () => {});

const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, allowedPrivateNetworks: ['127.0.0.0/8'] });
const A_MINUTE = () => 60_000;
const record = (n: number) => String(n).padStart(64, '0');

/** Deliver's world in memory, but for the calls, which are real. */
function world(urls: Partial<Record<Trigger, string>>, overrides: Partial<DeliverParts> = {}) {
  const held = new Map<string, { attempts: number; answer: string; nextTry: number }>();
  const buried: DeadLetter[] = [];
  const handedBack: { receiptHandle: string; seconds: number }[] = [];
  const tests: TestResult[] = [];
  const reads = { typed: 0, attempts: 0 };
  const parts: DeliverParts = {
    async typed(triggers) {
      reads.typed++;
      return new Map(triggers.flatMap((t) => (urls[t] ? [[t, { url: urls[t], changedAt: '' }] as const] : [])));
    },
    call,
    async attempts(notifications) {
      reads.attempts++;
      return new Map(
        notifications.flatMap(({ id }) => (held.has(id) ? [[id, held.get(id)?.attempts ?? 0] as const] : [])),
      );
    },
    hold: async ({ id }, item) => void held.set(id, item),
    release: async ({ id }) => void held.delete(id),
    bury: async (letter) => void buried.push(letter),
    handBack: async (messages) => void handedBack.push(...messages),
    putTestResult: async (_, result) => void tests.push(result),
    holds: [5, 30, 120, 600],
    attemptMs: 2_000,
    now: Date.now,
    random: () => 0.5,
    ...overrides,
  };
  return { parts, held, buried, handedBack, tests, reads };
}

test('a notification is a GET of the typed URL with the formatted string and the headers of the contract', async () => {
  await using server = await receiver();
  const { parts } = world({ 'customer.edit': `${server.origin}/hook?k=v#f` });
  const sent = notification({ formattedString: '?AccountID=a%201', sequence: '77' });
  assert.deepEqual(await deliver([message(sent)], parts, A_MINUTE), { batchItemFailures: [] });
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

test('what goes well costs one read for the batch, and no write', async () => {
  await using server = await receiver();
  const { parts, reads, handedBack } = world({ 'customer.edit': server.origin, 'task.edit': server.origin });
  const batch = Array.from({ length: 10 }, (_, i) =>
    message(notification({ record: record(i), trigger: i % 2 ? 'customer.edit' : 'task.edit' })),
  );
  await deliver(batch, parts, A_MINUTE);
  assert.equal(server.calls.length, 10);
  assert.deepEqual(reads, { typed: 1, attempts: 0 });
  assert.deepEqual(handedBack, []);
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
  const { parts } = world({ 'customer.edit': server.origin });
  const batch = Array.from({ length: 10 }, (_, i) =>
    message(notification({ record: record(i % 5), formattedString: `?AccountID=r${i % 5}-${i}` })),
  );
  await deliver(batch, parts, A_MINUTE);
  assert.equal(most, 5);
  const ofRecord0 = server.calls.map(({ target }) => target).filter((target) => target.includes('r0'));
  assert.deepEqual(ofRecord0, ['/?AccountID=r0-0', '/?AccountID=r0-5']);
});

test('a failed notification is held, and all behind it of its record; other records are not touched', async () => {
  await using server = await receiver((call, response) => {
    response.statusCode = call.target.includes('bad') ? 500 : 200;
    response.end();
  });
  const { parts, held, handedBack } = world({ 'customer.edit': server.origin });
  const bad = notification({ record: record(1), formattedString: '?AccountID=bad' });
  const batch = [
    message(notification({ record: record(1), formattedString: '?AccountID=before' })),
    message(bad),
    message(notification({ record: record(1), formattedString: '?AccountID=behind' })),
    message(notification({ record: record(2), formattedString: '?AccountID=other' })),
  ];
  const response = await deliver(batch, parts, A_MINUTE);
  assert.deepEqual(response.batchItemFailures, [
    { itemIdentifier: batch[1]?.messageId },
    { itemIdentifier: batch[2]?.messageId },
  ]);
  assert.deepEqual(handedBack, [
    { receiptHandle: batch[1]?.receiptHandle, seconds: 5 },
    { receiptHandle: batch[2]?.receiptHandle, seconds: 5 },
  ]);
  assert.deepEqual(server.calls.map(({ target }) => target).sort(), [
    '/?AccountID=bad',
    '/?AccountID=before',
    '/?AccountID=other',
  ]);
  const item = held.get(bad.id);
  assert.partialDeepStrictEqual(item, { attempts: 1, answer: 'HTTP 500' });
  assert.ok(Math.abs((item?.nextTry ?? 0) - Date.now() - 5_000) < 1_000);
});

test('holds grow, attempts are counted, and the last failure goes to the dead-letter queue, whole', async () => {
  await using server = await receiver((_, response) => response.writeHead(503).end());
  const { parts, held, handedBack, buried } = world({ 'customer.edit': server.origin });
  const failing = notification();
  for (let receive = 1; receive <= 5; receive++)
    await deliver([message(failing, { ApproximateReceiveCount: String(receive) })], parts, A_MINUTE);
  assert.deepEqual(
    handedBack.map(({ seconds }) => seconds),
    [5, 30, 120, 600],
  );
  assert.deepEqual(
    server.calls.map(({ headers }) => headers['crm-trigger-attempt']),
    ['1', '2', '3', '4', '5'],
  );
  assert.deepEqual(new Set(server.calls.map(({ headers }) => headers['webhook-id'])), new Set([failing.id]));
  assert.equal(held.size, 0);
  assert.equal(buried.length, 1);
  assert.equal(buried[0]?.reason, 'given up after 5 attempts: HTTP 503');
  assert.equal(buried[0]?.body, message(failing).body);
});

test('a follower that was received with a held head, but never attempted, has all its attempts left', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end());
  const { parts, handedBack } = world({ 'customer.edit': server.origin });
  await deliver([message(notification(), { ApproximateReceiveCount: '25' })], parts, A_MINUTE);
  assert.equal(server.calls[0]?.headers['crm-trigger-attempt'], '1');
  assert.equal(handedBack[0]?.seconds, 5);
});

test('a held notification that arrives at last leaves no trace', async () => {
  let answers = 500;
  await using server = await receiver((_, response) => response.writeHead(answers).end());
  const { parts, held } = world({ 'customer.edit': server.origin });
  const once = notification();
  await deliver([message(once)], parts, A_MINUTE);
  assert.equal(held.size, 1);
  answers = 200;
  const { batchItemFailures } = await deliver([message(once, { ApproximateReceiveCount: '2' })], parts, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.equal(held.size, 0);
  assert.equal(server.calls[1]?.headers['crm-trigger-attempt'], '2');
});

test('an attempt uses the URL of its moment', async () => {
  await using wrong = await receiver((_, response) => response.writeHead(404).end());
  await using right = await receiver();
  const urls: Partial<Record<Trigger, string>> = { 'customer.edit': `${wrong.origin}/typo` };
  const { parts } = world(urls);
  const waiting = notification({ formattedString: '?AccountID=a' });
  await deliver([message(waiting)], parts, A_MINUTE);
  urls['customer.edit'] = `${right.origin}/right`;
  await deliver([message(waiting, { ApproximateReceiveCount: '2' })], parts, A_MINUTE);
  assert.deepEqual(
    right.calls.map(({ target }) => target),
    ['/right?AccountID=a'],
  );
});

test('what waits for a trigger whose URL was cleared goes to the dead-letter queue', async () => {
  const { parts, buried } = world({});
  const waiting = notification();
  const { batchItemFailures } = await deliver([message(waiting)], parts, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.partialDeepStrictEqual(buried, [
    { id: waiting.id, reason: 'given up after 0 attempts: no URL is typed for customer.edit any more' },
  ]);
});

test('a message that no code can read goes to the dead-letter queue as it is, and those behind it go on', async () => {
  await using server = await receiver();
  const { parts, buried } = world({ 'customer.edit': server.origin });
  const group = { MessageGroupId: record(1) };
  const { batchItemFailures } = await deliver(
    [message('{"v":9}', group), message(notification(), group)],
    parts,
    A_MINUTE,
  );
  assert.deepEqual(batchItemFailures, []);
  assert.partialDeepStrictEqual(buried, [{ body: '{"v":9}', reason: 'the message is not of version 1' }]);
  assert.equal(server.calls.length, 1);
});

test('what cannot be attempted before the function ends is handed back at once, unattempted', async () => {
  await using server = await receiver();
  let remaining = 60_000;
  const { parts, handedBack } = world({ 'customer.edit': server.origin });
  const batch = [1, 2, 3].map(() => message(notification()));
  const { batchItemFailures } = await deliver(batch, parts, () => {
    const now = remaining;
    remaining = 6_000;
    return now;
  });
  assert.equal(server.calls.length, 1);
  assert.equal(batchItemFailures.length, 2);
  assert.deepEqual(
    handedBack.map(({ seconds }) => seconds),
    [1, 1],
  );
});

const fail = async () => {
  throw new Error('no answer');
};

test('when the tables do not answer, everything is handed back for a while, for the same time', async () => {
  const { parts, handedBack } = world({}, { typed: fail });
  const batch = [
    message(notification({ record: record(1) })),
    message(notification({ record: record(1) })),
    message(notification({ record: record(2) })),
  ];
  const { batchItemFailures } = await deliver(batch, parts, A_MINUTE);
  assert.equal(batchItemFailures.length, 3);
  assert.deepEqual(
    handedBack.map(({ seconds }) => seconds),
    [5, 5, 5],
  );
});

for (const failing of ['hold', 'bury', 'release', 'putTestResult', 'handBack'] as const)
  test(`it does not throw when ${failing} fails, and hands back what is not settled`, async () => {
    await using server = await receiver((_, response) => response.writeHead(failing === 'release' ? 200 : 500).end());
    const attempts = async (all: readonly Notification[]) =>
      new Map(all.map(({ id }) => [id, failing === 'bury' ? 4 : 1]));
    const { parts } = world({ 'customer.edit': server.origin }, { attempts, [failing]: fail });
    const stuck = notification(failing === 'putTestResult' ? { test: true } : {});
    const { batchItemFailures } = await deliver([message(stuck, { ApproximateReceiveCount: '2' })], parts, A_MINUTE);
    assert.equal(batchItemFailures.length, 1);
  });

test('a test is attempted once, marked, and its answer is kept', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end('x'.repeat(2_000)));
  const { parts, tests, handedBack } = world({ 'customer.edit': server.origin });
  const { batchItemFailures } = await deliver([message(notification({ test: true }))], parts, A_MINUTE);
  assert.deepEqual(batchItemFailures, []);
  assert.deepEqual(handedBack, []);
  assert.equal(server.calls[0]?.headers['crm-trigger-test'], 'true');
  assert.partialDeepStrictEqual(tests, [{ delivered: false, answer: 'HTTP 500', body: 'x'.repeat(1024) }]);
});

test('its log holds no URL, no query and no answer of the receiver but the status', async () => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  await using server = await receiver((_, response) => response.writeHead(500, { 'x-m': 'MARKER' }).end('MARKER'));
  const { parts } = world({ 'customer.edit': `${server.origin}/MARKER?MARKER` });
  await deliver([message(notification({ formattedString: '?AccountID=MARKER' })), message('MARKER')], parts, A_MINUTE);
  log.mock.restore();
  assert.ok(lines.length >= 3);
  assert.doesNotMatch(lines.join('\n'), /MARKER|127\.0\.0\.1/);
});
