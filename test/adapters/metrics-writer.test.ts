import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { capture } from '../../functions/capture/capture.ts';
import { metrics as table } from '../../functions/core/metrics.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { notification, record, streamRecord } from '../support/records.ts';
import { stages } from '../support/stages.ts';

mock.method(console, 'log', () => {});

/** The metrics that were seen in any test. */
const seen = new Set<string>();

function world(responses: () => CallResult) {
  const made = stages(responses);
  const measured = (trigger?: string) => {
    const found = made.measured(trigger);
    for (const name of Object.keys(found)) seen.add(name);
    return found;
  };
  return { ...made, measured };
}

const ok: CallResult = { status: 200, body: '' };
const down: CallResult = { status: 503, body: '' };
const old = () => Date.now() - 73 * 60 * 60_000;

test('capture measures accepted notifications over all triggers, and unformatted changes by trigger', async () => {
  const { deps, triggers, sent, measured } = world(() => ok);
  const records = [1, 2].map((n) => streamRecord('customer', 'MODIFY', { AccountID: `a${n}`, n: `${n}` }, {}));
  for (const { dynamodb } of records) if (dynamodb?.OldImage) dynamodb.OldImage.n = { S: 'other' };
  const unusable = streamRecord('customer', 'INSERT', { AccountID: { L: [] } });
  const withUrl = () => triggers.withUrl(['customer.edit', 'customer.create']);
  await capture([...records, unusable], { ...deps, withUrl });
  assert.equal(sent.length, 2);
  assert.deepEqual(measured(), { captured: [2] }, 'what failed is of another trigger');
  await capture([...records, unusable], { ...deps, withUrl });
  assert.deepEqual(measured('customer.create'), { captured: [2], failed: [1] });

  const rejecting = { ...deps.queue, send: () => Promise.reject(new Error('no')) };
  await assert.rejects(capture(records, { ...deps, withUrl, queue: rejecting }));
  assert.deepEqual(measured(), {}, 'what the queue rejected comes again, and counts then');
});

test('capture measures silenced changes after the queue has accepted the others', async () => {
  const { deps, triggers, measured } = world(() => ok);
  const rules = { silencedBy: 'by' };
  const withUrl = () => triggers.withUrl(['customer.create']);
  const written = ['receiver', ''].map((by) =>
    streamRecord('customer', 'INSERT', { AccountID: `a${by}`, ...(by && { by }) }),
  );
  const rejecting = { ...deps.queue, send: () => Promise.reject(new Error('no')) };
  await triggers.writeUrl('customer.create', 'https://example.com/', 0, 0);
  await assert.rejects(capture(written, { ...deps, rules, withUrl, queue: rejecting }));
  assert.deepEqual(measured('customer.create'), {});
  await capture(written, { ...deps, rules, withUrl });
  assert.deepEqual(measured('customer.create'), { silenced: [1], captured: [1] });
});

test('deliver measures each attempt with its duration, and each delivery with its delay', async () => {
  const { deliver, measured } = world(() => ok);
  const changedAt = Date.now() - 5_000;
  await deliver(...[1, 2, 3].map((n) => notification({ record: record(n), changedAt })));
  const { delivered, attempt = [], delay = [], ...more } = measured();
  assert.deepEqual([delivered, attempt.length, more], [[3], 3, {}]);
  assert.equal(delay.length, 3);
  for (const milliseconds of delay) assert.ok(milliseconds >= 5_000 && milliseconds < 10_000, `${milliseconds}`);
});

test('test calls are not measured, and redelivered notifications have no delay', async () => {
  const { deliver, measured } = world(() => ok);
  await deliver(notification({ test: true }));
  assert.deepEqual(measured(), {});
  await deliver(notification({ changedAt: old(), redelivered: Date.now() }));
  const { delivered, attempt, ...more } = measured();
  assert.deepEqual([delivered, attempt?.length, more], [[1], 1, {}]);
});

test('deliver measures retries, moves to Failed, blocked calls and parked notifications', async () => {
  let response: CallResult = down;
  const { deliver, triggers, measured } = world(() => response);
  await deliver(notification());
  assert.deepEqual(measured().held, [1]);
  await deliver(notification({ changedAt: old() }));
  assert.deepEqual(measured().failed, [1]);
  response = { blocked: 'a private address' };
  await deliver(notification());
  assert.deepEqual(measured().blocked, [1]);
  assert.equal(triggers.items.get('customer.edit')?.state, 'parked');
  await deliver(...[1, 2].map((n) => notification({ record: record(n) })));
  assert.deepEqual(measured(), { parked: [2] });
});

test('drain measures backlogs, parked triggers and deliveries each minute', async () => {
  const response = down;
  const { backlog, triggers, drain, measured } = world(() => response);
  const park = (n: number, changedAt: number) =>
    backlog.park(
      [{ ...unattempted, notification: notification({ record: record(n), changedAt }) }],
      Date.now() - 5_000,
    );
  await park(1, Date.now() - 90_000);
  await park(2, Date.now() - 30_000);
  await triggers.move('customer.edit', 'park', { probeAt: Date.now() + 60_000, probeDelay: 30_000 });
  await drain();
  const { oldest: [seconds = 0] = [], ...rest } = measured();
  assert.ok(seconds >= 90 && seconds < 95, `${seconds}`);
  assert.deepEqual(rest, { down: [1], backlog: [2] });

  await triggers.lease('customer.edit', Date.now() + 60_000, Date.now());
  await drain();
  assert.deepEqual(measured().backlog, [2], 'also while another run drains it');
});

test('a trigger that an admin paused is not down; one whose receiver is gone is', async () => {
  const { triggers, drain, measured } = world(() => ok);
  await triggers.move('customer.edit', 'pause', { pausedBy: 'admin' });
  await drain();
  assert.deepEqual(measured(), {});
  await triggers.move('customer.edit', 'resume');
  await triggers.move('customer.edit', 'pause', { pausedBy: 'gone' });
  await drain();
  assert.deepEqual(measured(), { down: [1] });
});

test('drain measures deliveries, retries and moves to Failed, even if a backlog cannot be counted', async () => {
  const { deps, backlog, triggers, drain, measured } = world(() => ok);
  await backlog.park([{ ...unattempted, notification: notification() }], Date.now() - 5_000);
  await triggers.move('customer.edit', 'pause', { pausedBy: 'admin' });
  await triggers.move('customer.edit', 'resume');
  mock.method(deps.backlog, 'count', () => Promise.reject(new Error('no')));
  await drain();
  const { drained, delivered, ...rest } = measured();
  assert.deepEqual([drained, delivered, Object.keys(rest).sort()], [[1], [1], ['attempt', 'delay']]);
  assert.equal(triggers.items.get('customer.edit')?.state, 'active');
});

test('drain measures edits that were merged', async () => {
  const { backlog, triggers, drain, measured } = world(() => ok);
  await triggers.writeSetting('customer.edit', 'coalesce', true);
  const edits = ['1', '2'].map((sequence) => notification({ formattedString: '?AccountID=a1', sequence }));
  await backlog.park(
    edits.map((one) => ({ ...unattempted, notification: one })),
    Date.now() - 5_000,
  );
  await triggers.move('customer.edit', 'pause', { pausedBy: 'admin' });
  await triggers.move('customer.edit', 'resume');
  await drain();
  const { merged, drained } = measured();
  assert.deepEqual([merged, drained], [[1], [1]]);
});

test('a test above measured every metric of the table', () => {
  assert.deepEqual([...seen].sort(), Object.keys(table).sort());
});
