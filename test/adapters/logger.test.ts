import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { inspect } from 'node:util';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { Metrics } from '../../functions/adapters/metrics-writer.ts';
import { capture } from '../../functions/capture/capture.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { secretOf } from '../../functions/core/signature.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { drain } from '../../functions/drain/drain.ts';
import { type Respond, receiver } from '../support/receiver.ts';
import { message, streamRecord } from '../support/records.ts';
import { loopbackRules } from '../support/rules.ts';
import { calledLately, storesInMemory } from '../support/stores.ts';

/** A text in every external input. It may appear only in the call. */
const MARKER = 'M4rker';

const logged: string[] = [];
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
  mock.method(console, method, (...words: unknown[]) => void logged.push(words.map(String).join(' ')));

/** An error like one of the AWS SDK, whose message quotes the request. */
const failing = async (): Promise<never> => {
  throw Object.assign(new Error(`cannot take ${MARKER}`), { name: 'ValidationException', $response: { body: MARKER } });
};

const behaviors: Record<string, Respond | string> = {
  'responses well': (_, response) => response.writeHead(200, { 'x-marker': MARKER }).end(MARKER),
  'responds with 500': (_, response) => response.writeHead(500, MARKER, { 'retry-after': MARKER }).end(MARKER),
  redirects: (_, response) => response.writeHead(302, { location: `http://127.0.0.1:1/${MARKER}` }).end(MARKER),
  'is gone': (_, response) => response.writeHead(410).end(MARKER),
  'is no HTTP': (_, __, socket) => socket.end(`${MARKER}\r\n\r\n`),
  'breaks off': (_, __, socket) => socket.resetAndDestroy(),
  'is not there': `http://${MARKER}.invalid/${MARKER}?${MARKER}=1#${MARKER}`,
  'may not be called': `http://10.0.0.1/${MARKER}?${MARKER}=1`,
  'is no URL': `no URL but ${MARKER}`,
};

for (const [how, behavior] of Object.entries(behaviors))
  test(`input from outside appears in no log line and no error when the receiver ${how}`, async () => {
    await using server = await receiver(typeof behavior === 'string' ? undefined : behavior);
    const { port } = new URL(server.origin);
    const url =
      typeof behavior === 'string'
        ? behavior
        : `http://${MARKER}:${MARKER}@127.0.0.1:${port}/${MARKER}?${MARKER}=${MARKER}#${MARKER}`;
    const { triggers, backlog, secrets, log } = storesInMemory();
    for (const trigger of ['customer.create', 'customer.edit', 'customer.delete'] as const) {
      await triggers.writeUrl(trigger, url, 0);
      const secret = secretOf(Buffer.from(MARKER.repeat(4)));
      secrets.put(trigger, { secret, replaced: [], headers: { 'x-token': MARKER }, version: 1 });
    }
    const sent: Notification[] = [];
    const errors: unknown[] = [];
    const keep = (error: unknown) => void errors.push(error);
    const calls = { call: makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 1, rules: loopbackRules }) };
    const queue = {
      send: async (notifications: readonly Notification[]) => void sent.push(...notifications),
      sendToDeadLetters: async () => {},
      returnToQueue: async () => {},
    };
    const deps = {
      ...calls,
      triggers,
      backlog,
      secrets,
      log,
      logged: 'all' as const,
      metrics: new Metrics('CrmTriggers', (line) => void logged.push(line)),
      queue,
      retryDelays: [],
      attemptMs: 1_000,
      concurrency: 5,
      now: Date.now,
      deliveredAt: calledLately(),
      random: Math.random,
      sleep: async () => {},
      after: () => () => {},
      startDrain: async () => {},
    };

    const records = [
      ...(['INSERT', 'MODIFY', 'REMOVE'] as const).map((event) =>
        streamRecord('customer', event, { AccountID: `${MARKER}-${event}`, name: MARKER, [MARKER]: MARKER }),
      ),
      streamRecord('customer', 'INSERT', { AccountID: { L: [{ S: MARKER }] }, name: MARKER }),
      { eventName: MARKER, dynamodb: { Keys: MARKER } } as never,
    ];
    for (const { dynamodb } of records) if (dynamodb) dynamodb.ApproximateCreationDateTime = Date.now() / 1000;
    const captureDeps = { entity: 'customer' as const, backlog, queue, metrics: deps.metrics, now: Date.now };
    const withUrl = () => triggers.withUrl(['customer.create', 'customer.edit', 'customer.delete']);
    await capture(records, { ...captureDeps, withUrl }).catch(keep);
    await capture(records, { ...captureDeps, withUrl: failing }).catch(keep);
    await capture(records, { ...captureDeps, withUrl, queue: { send: failing } }).catch(keep);
    assert.ok(sent.length >= 3);

    const batch = [
      ...sent.map((one) => message(one)),
      message(MARKER, { MessageDeduplicationId: MARKER }),
      message(`{"v":1,"${MARKER}":"${MARKER}"}`),
    ];
    const all = {
      ...triggers,
      read: failing,
      countFailure: failing,
      clearFailures: failing,
      move: failing,
      takeSlot: failing,
    };
    await deliver(batch, deps, () => 60_000).catch(keep);
    await deliver(batch, { ...deps, triggers: all }, () => 60_000).catch(keep);
    await deliver(
      batch,
      { ...deps, queue: { sendToDeadLetters: failing, returnToQueue: failing } },
      () => 60_000,
    ).catch(keep);
    await deliver(batch, { ...deps, secrets: { of: failing } }, () => 60_000).catch(keep);
    await deliver(batch, { ...deps, log: { write: failing } }, () => 60_000).catch(keep);

    await backlog.park(
      sent.map((notification) => ({ ...unattempted, notification })),
      1,
    );
    for (const state of ['parked', 'draining', 'paused', 'finishing'] as const)
      for (const trigger of triggers.items.keys()) {
        const now = triggers.items.get(trigger);
        if (now) triggers.put(trigger, { ...now, state, probeAt: 0 });
        let looks = 0;
        const remainingMs = () => (looks++ < 20 ? 60_000 : 0);
        await drain(deps, remainingMs).catch(keep);
        const silent = { ...deps, backlog: { ...deps.backlog, parked: failing } as never };
        await drain(silent, remainingMs).catch(keep);
        await drain({ ...deps, log: { write: failing } }, remainingMs).catch(keep);
      }
    assert.ok(logged.length > 10, 'something is logged');
    assert.ok(errors.length > 0, 'something is thrown, which Lambda logs too');
    const reported = [...logged.splice(0), ...errors.map((error) => inspect(error, { depth: 9 }))];
    assert.doesNotMatch(reported.join('\n'), new RegExp(MARKER, 'i'));
  });

test('on Lambda the console does not wrap lines of the log and of metrics in another object', () => {
  const script = join(import.meta.dirname, '../support/lambda-console.ts');
  const env = { ...process.env, AWS_LAMBDA_FUNCTION_NAME: 'Deliver' };
  const { stdout } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  const [said, ...measured] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(said, { level: 'warn', message: 'said', trigger: 'case.edit' });
  assert.deepEqual(
    measured.map(({ _aws, ...values }) => [_aws.CloudWatchMetrics[0].Dimensions, values]),
    [
      [[[]], { delivered: 1 }],
      [[['trigger']], { trigger: 'case.edit', held: 1 }],
    ],
  );
});
