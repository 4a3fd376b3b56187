import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type CaptureDeps, capture } from '../../functions/capture/capture.ts';
import type { Entity, Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { streamRecord } from '../support/records.ts';
import { storesInMemory } from '../support/stores.ts';
import { unmeasured } from '../support/unmeasured.ts';

mock.method(console, 'log', () => {});

function deps(entity: Entity, entered: readonly Trigger[], overrides: Partial<CaptureDeps> = {}) {
  const sent: Notification[] = [];
  const { backlog } = storesInMemory(() => 0);
  const state = { state: 'active', consecutiveFailures: 0, lastSuccess: 0, probeAt: 0, probeDelay: 0 } as const;
  const deps: CaptureDeps = {
    entity,
    triggers: async () => new Map(entered.map((trigger) => [trigger, { ...state, url: 'https://x/' }])),
    queue: { send: async (notifications) => void sent.push(...notifications) },
    backlog,
    metrics: unmeasured,
    now: () => 0,
    ...overrides,
  };
  return { deps, sent, failed: () => [...backlog.failedItems.values()] };
}

test('changes become notifications, in order; those without a configured URL become nothing', async () => {
  const { deps: p, sent } = deps('task', ['task.create', 'task.delete']);
  const row = { AccountID: 'a', TaskID: 't' };
  await capture(
    [streamRecord('task', 'INSERT', row), streamRecord('task', 'MODIFY', row), streamRecord('task', 'REMOVE', row)],
    p,
  );
  assert.deepEqual(
    sent.map(({ trigger, formattedString }) => [trigger, formattedString]),
    [
      ['task.create', '?AccountID=a&TaskID=t'],
      ['task.delete', '?AccountID=a&TaskID=t'],
    ],
  );
});

test('with no URL entered nothing is sent at all', async () => {
  const { deps: p, sent, failed } = deps('customer', []);
  await capture([streamRecord('customer', 'INSERT', { AccountID: 'a' }), streamRecord('customer', 'INSERT', {})], p);
  assert.deepEqual([sent, failed()], [[], []]);
});

test('a record without a usable id is in Failed, with its reason and key, and the rest of the batch goes on', async () => {
  const { deps: p, sent, failed } = deps('followup', ['followup.create']);
  const good = (n: number) => streamRecord('followup', 'INSERT', { AccountID: 'a', CaseID: 'c', FollowupID: `f${n}` });
  const bad = streamRecord('followup', 'INSERT', { AccountID: { L: [] }, CaseID: 'ç', FollowupID: 'f2' });
  await capture([good(1), bad, good(3)], p);
  assert.equal(sent.length, 2);
  assert.partialDeepStrictEqual(failed(), [
    {
      trigger: 'followup.create',
      reason: 'AccountID is a list; an id is a string or a number',
      attempts: 0,
      keys: { CaseID: { S: 'ç' }, FollowupID: { S: 'f2' } },
    },
  ]);
});

test('a trigger that is down or paused gets its notifications all the same', async () => {
  const url = { url: 'https://x/', consecutiveFailures: 10, lastSuccess: 0, probeAt: 0, probeDelay: 0 };
  const { deps: p, sent } = deps('customer', [], {
    triggers: async () =>
      new Map([
        ['customer.create', { ...url, state: 'parked' }],
        ['customer.edit', { ...url, state: 'paused' }],
      ]),
  });
  const row = { AccountID: 'a' };
  await capture([streamRecord('customer', 'INSERT', row), streamRecord('customer', 'MODIFY', row)], p);
  assert.equal(sent.length, 2);
});

test('the same batch handed out again gives the same ids', async () => {
  const records = [
    streamRecord('customer', 'INSERT', { AccountID: 'a' }),
    streamRecord('customer', 'INSERT', { AccountID: '' }),
  ];
  const first = deps('customer', ['customer.create']);
  const second = deps('customer', ['customer.create']);
  await capture(records, first.deps);
  await capture(records, second.deps);
  assert.deepEqual(first.sent, second.sent);
  assert.deepEqual(first.failed(), second.failed());
});

test('over the limit of its record a change is in Failed as a loop; what is within goes out in its order', async () => {
  const limit = { changes: 2, perSeconds: 60 };
  const {
    deps: p,
    sent,
    failed,
  } = deps('customer', ['customer.edit'], {
    counts: { limit, overLimit: async (made) => new Set(made.filter(({ sequence }) => Number(sequence) % 2 === 0)) },
  });
  const records = ['1', '2', '3', '4'].map((SequenceNumber) => {
    const record = streamRecord('customer', 'MODIFY', { AccountID: 'a' });
    return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } };
  });
  await capture(records, p);
  assert.deepEqual(
    sent.map(({ sequence }) => sequence),
    ['1', '3'],
  );
  assert.deepEqual(
    failed().map(({ sequence, reason, notification }) => [sequence, reason, notification?.formattedString]),
    ['2', '4'].map((sequence) => [
      sequence,
      'it looks like a loop: more than 2 changes of this record within 60 s',
      '?AccountID=a',
    ]),
  );
});

test('what is suppressed is reported to nobody, and counted', async () => {
  const counted: string[] = [];
  const metrics = { add: (...of: [string, string]) => counted.push(of.join(' ')), write: () => {} };
  const rules = { silencedBy: 'by' };
  const { deps: p, sent, failed } = deps('customer', ['customer.create'], { rules, metrics });
  const suppressed = streamRecord('customer', 'INSERT', { AccountID: 'a', by: 'receiver' });
  await capture([suppressed, streamRecord('customer', 'INSERT', { AccountID: 'b' })], p);
  assert.deepEqual(
    sent.map(({ formattedString }) => formattedString),
    ['?AccountID=b'],
  );
  assert.deepEqual(failed(), []);
  assert.deepEqual(counted, ['silenced customer.create', 'captured customer.create']);
});

test('an odd record never stops its batch: what has ids is sent, the rest is in Failed or has no trigger', async () => {
  const { deps: p, sent, failed } = deps('customer', ['customer.create', 'customer.edit', 'customer.delete']);
  const dynamodb = { Keys: { AccountID: { S: 'k' } } };
  const odd = [
    {},
    { eventID: 'e1', eventName: 'INSERT' },
    { eventID: 'e2', eventName: 'INSERT', dynamodb: null },
    { eventID: 'e3', eventName: 'MODIFY', dynamodb: { Keys: null, OldImage: null, NewImage: { AccountID: null } } },
    { eventID: 'e4', eventName: 'REMOVE', dynamodb: { Keys: {}, OldImage: { AccountID: { S: 7 } } } },
    { eventID: 'e5', eventName: 'RENAME', dynamodb },
    { eventID: 'e6', dynamodb },
    { eventID: 'e7', eventName: 'REMOVE', dynamodb },
    { eventName: 'MODIFY', dynamodb: { ...dynamodb, SequenceNumber: '1' } },
    { eventName: 'MODIFY', dynamodb: { ...dynamodb, SequenceNumber: '2' } },
  ];
  await capture([...(odd as never[]), streamRecord('customer', 'INSERT', { AccountID: 'a' })], p);
  assert.deepEqual(
    sent.map(({ trigger, formattedString }) => [trigger, formattedString]),
    [
      ['customer.delete', '?AccountID=k'],
      ['customer.edit', '?AccountID=k'],
      ['customer.edit', '?AccountID=k'],
      ['customer.create', '?AccountID=a'],
    ],
  );
  assert.equal(new Set(sent.map(({ id }) => id)).size, 4);
  assert.deepEqual(
    failed()
      .map(({ reason }) => reason)
      .sort(),
    [
      'AccountID is missing',
      'AccountID is missing',
      'AccountID is of an unknown type; an id is a string or a number',
      'AccountID is of an unknown type; an id is a string or a number',
    ],
  );
});

const fails = async () => {
  throw Object.assign(new Error('no response'), { name: 'TimeoutError' });
};

const broken: [string, Partial<CaptureDeps>][] = [
  ['the triggers table', { triggers: fails }],
  ['the queue', { queue: { send: fails } }],
  ['the backlog table', { backlog: { fail: fails } }],
  ["the count of a record's changes", { counts: { limit: { changes: 1, perSeconds: 1 }, overLimit: fails } }],
];

for (const [part, overrides] of broken)
  test(`throws when ${part} does not respond, so the stream repeats the batch`, async () => {
    const { deps: p } = deps('customer', ['customer.create'], overrides);
    const records = [streamRecord('customer', 'INSERT', { AccountID: 'a' }), streamRecord('customer', 'INSERT', {})];
    await assert.rejects(capture(records, p), /TimeoutError/);
  });

test('its log holds no id of the CRM', async () => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  const { deps: p } = deps('customer', ['customer.create']);
  await capture(
    [
      streamRecord('customer', 'INSERT', { AccountID: 'MARKER' }),
      streamRecord('customer', 'INSERT', { AccountID: 'MARKER'.repeat(400) }),
    ],
    p,
  );
  log.mock.restore();
  assert.ok(lines.length > 0);
  assert.doesNotMatch(lines.join('\n'), /MARKER/);
});

/** The log lines of a run, as objects. */
async function logged(run: () => Promise<void>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(JSON.parse(line)));
  await run().finally(() => log.mock.restore());
  return lines;
}

test('its log names every notification by its id, and every change that moved to Failed with the reason', async () => {
  const { deps: p, sent, failed } = deps('customer', ['customer.create']);
  const records = ['a', 'b', ''].map((AccountID) => streamRecord('customer', 'INSERT', { AccountID }));
  const [error, info, ...more] = await logged(() => capture(records, p));
  const [{ id, reason } = { id: '', reason: '' }] = failed();
  assert.partialDeepStrictEqual(error, { level: 'error', id, trigger: 'customer.create', reason });
  assert.partialDeepStrictEqual(info, {
    level: 'info',
    records: 3,
    unusable: 1,
    overLimit: 0,
    ids: sent.map((n) => n.id),
  });
  assert.deepEqual(more, []);
});

test('counts what moved to Failed by its trigger, and writes its metrics once, also when the queue does not respond', async () => {
  for (const overrides of [{}, { queue: { send: fails } }]) {
    const counted: string[] = [];
    const metrics = {
      add: (...of: [string, string]) => counted.push(of.join(' ')),
      write: () => counted.push('write'),
    };
    const { deps: p } = deps('customer', ['customer.create'], { metrics, ...overrides });
    const records = ['', 'a'].map((AccountID) => streamRecord('customer', 'INSERT', { AccountID }));
    await capture(records, p).catch(() => {});
    const captured = 'queue' in overrides ? [] : ['captured customer.create'];
    assert.deepEqual(counted, ['failed customer.create', ...captured, 'write']);
  }
});

test('asks neither the queue nor the counts for anything when there is nothing to notify of', async () => {
  const counts = { limit: { changes: 1, perSeconds: 1 }, overLimit: fails };
  const { deps: p } = deps('customer', ['customer.create'], { queue: { send: fails }, counts });
  await capture([streamRecord('customer', 'MODIFY', { AccountID: 'a' })], p);
  await capture([], p);
});
