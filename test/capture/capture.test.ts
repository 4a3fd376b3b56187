import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type CaptureParts, capture } from '../../functions/capture/capture.ts';
import type { Entity, Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { DeadLetter } from '../../functions/edge/queue.ts';
import { streamRecord } from '../support/records.ts';

mock.method(console, 'log', () => {});

function parts(entity: Entity, typed: readonly Trigger[], overrides: Partial<CaptureParts> = {}) {
  const sent: Notification[] = [];
  const buried: DeadLetter[] = [];
  const parts: CaptureParts = {
    entity,
    typed: async () => new Map(typed.map((trigger) => [trigger, { url: 'https://x/', changedAt: '' }])),
    send: async (notifications) => void sent.push(...notifications),
    bury: async (letter) => void buried.push(letter),
    now: () => 0,
    ...overrides,
  };
  return { parts, sent, buried };
}

test('changes become notifications, in order; those without a typed URL become nothing', async () => {
  const { parts: p, sent } = parts('task', ['task.create', 'task.delete']);
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

test('with no URL typed nothing is sent at all', async () => {
  const { parts: p, sent, buried } = parts('customer', []);
  await capture([streamRecord('customer', 'INSERT', { AccountID: 'a' }), streamRecord('customer', 'INSERT', {})], p);
  assert.deepEqual([sent, buried], [[], []]);
});

test('a record without a usable id is buried with its reason and key, and the rest of the batch goes on', async () => {
  const { parts: p, sent, buried } = parts('followup', ['followup.create']);
  const good = (n: number) => streamRecord('followup', 'INSERT', { AccountID: 'a', CaseID: 'c', FollowupID: `f${n}` });
  const bad = streamRecord('followup', 'INSERT', { AccountID: { L: [] }, CaseID: 'ç\uffff', FollowupID: 'f2' });
  await capture([good(1), bad, good(3)], p);
  assert.equal(sent.length, 2);
  assert.equal(buried.length, 1);
  const [letter] = buried;
  assert.equal(letter?.reason, 'AccountID is a list; an id is a string or a number');
  assert.match(letter?.body ?? '', /^[\x20-\x7e]+$/, 'SQS takes it, whatever the key holds');
  assert.partialDeepStrictEqual(JSON.parse(letter?.body ?? ''), {
    reason: letter?.reason,
    trigger: 'followup.create',
    keys: { CaseID: { S: 'ç\uffff' }, FollowupID: { S: 'f2' } },
    eventId: bad.eventID,
  });
});

test('the same batch handed out again gives the same ids', async () => {
  const records = [
    streamRecord('customer', 'INSERT', { AccountID: 'a' }),
    streamRecord('customer', 'INSERT', { AccountID: '' }),
  ];
  const first = parts('customer', ['customer.create']);
  const second = parts('customer', ['customer.create']);
  await capture(records, first.parts);
  await capture(records, second.parts);
  assert.deepEqual(first.sent, second.sent);
  assert.deepEqual(first.buried, second.buried);
});

for (const failing of ['typed', 'send', 'bury'] as const)
  test(`it throws when ${failing} fails, so that the stream waits`, async () => {
    const { parts: p } = parts('customer', ['customer.create'], {
      [failing]: async () => {
        throw new Error('no answer');
      },
    });
    const records = [streamRecord('customer', 'INSERT', { AccountID: 'a' }), streamRecord('customer', 'INSERT', {})];
    await assert.rejects(capture(records, p), /no answer/);
  });

test('its log holds no id of the CRM', async () => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  const { parts: p } = parts('customer', ['customer.create']);
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
