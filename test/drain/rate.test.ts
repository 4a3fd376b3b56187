import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { drain } from '../../functions/drain/drain.ts';
import { makeCall } from '../../functions/edge/http.ts';
import { BacklogInMemory, TriggersInMemory } from '../model/tables.ts';
import { receiver } from '../support/receiver.ts';
import { notification } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('a backlog of 5,000 arrives by real HTTP at 300 a second or more, each record in its order, each once', async (t) => {
  await using server = await receiver();
  const triggers = new TriggersInMemory();
  const backlog = new BacklogInMemory();
  const state = { state: 'draining', strikes: 10, lastSuccess: 0, probeAt: 0, probeDelay: 0 } as const;
  triggers.items.set('customer.edit', { ...state, url: server.origin });
  const all = Array.from({ length: 5_000 }, (_, i) =>
    notification({
      record: String(i % 400).padStart(64, '0'),
      sequence: String(i),
      formattedString: `?AccountID=${i % 400}`,
    }),
  );
  const untried = { attempts: 0, firstAttempt: 0, answer: '', nextTry: 0 };
  await backlog.park(
    all.map((n) => ({ ...untried, notification: n })),
    Date.now() - 10_000,
  );

  const started = performance.now();
  await drain(
    {
      triggers,
      backlog,
      call: makeCall({ connectTimeoutSeconds: 3, attemptTimeoutSeconds: 10, allowedPrivateNetworks: ['127.0.0.0/8'] }),
      holds: [5, 30, 120, 600],
      attemptMs: 10_000,
      concurrency: 50,
      now: Date.now,
      random: Math.random,
      sleep,
    },
    () => 300_000,
  );
  const perSecond = 5_000 / ((performance.now() - started) / 1000);
  t.diagnostic(`${perSecond.toFixed(0)} a second, tables in memory`);
  assert.equal(triggers.items.get('customer.edit')?.state, 'active');
  assert.equal(new Set(server.calls.map(({ headers }) => headers['webhook-id'])).size, 5_000);
  assert.equal(server.calls.length, 5_000);
  for (const calls of Map.groupBy(server.calls, ({ target }) => target).values()) {
    const sequences = calls.map(({ headers }) => Number(headers['crm-trigger-sequence']));
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
    );
  }
  assert.ok(perSecond >= 300, `${perSecond} a second`);
});
