import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { capture } from '../../functions/capture/capture.ts';
import { streamRecord } from '../support/records.ts';
import { setUp } from './set-up.ts';

mock.method(console, 'log', () => {});

test('moves a record without a usable ID to Failed, with the reason and key, and sends the rest of the batch', async () => {
  const { deps, sent, failed } = setUp('followup', ['followup.create']);
  const good = (n: number) => streamRecord('followup', 'INSERT', { AccountID: 'a', CaseID: 'c', FollowupID: `f${n}` });
  const bad = streamRecord('followup', 'INSERT', { AccountID: { L: [] }, CaseID: 'ç', FollowupID: 'f2' });
  await capture([good(1), bad, good(3)], deps);
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

test('moves changes over the record limit to Failed, and sends those within it in their order', async () => {
  const limit = { changes: 2, perSeconds: 60 };
  const { deps, sent, failed } = setUp('customer', ['customer.edit'], {
    counts: { limit, overLimit: async (all) => new Set(all.filter(({ sequence }) => Number(sequence) % 2 === 0)) },
  });
  const records = ['1', '2', '3', '4'].map((SequenceNumber) => {
    const record = streamRecord('customer', 'MODIFY', { AccountID: 'a' });
    return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } };
  });
  await capture(records, deps);
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

test('sends nothing for a suppressed change, and counts it', async () => {
  const counted: string[] = [];
  const metrics = { add: (...added: [string, string]) => counted.push(added.join(' ')), write: () => {} };
  const rules = { silencedBy: 'by' };
  const { deps, sent, failed } = setUp('customer', ['customer.create'], { rules, metrics });
  const suppressed = streamRecord('customer', 'INSERT', { AccountID: 'a', by: 'receiver' });
  await capture([suppressed, streamRecord('customer', 'INSERT', { AccountID: 'b' })], deps);
  assert.deepEqual(
    sent.map(({ formattedString }) => formattedString),
    ['?AccountID=b'],
  );
  assert.deepEqual(failed(), []);
  assert.deepEqual(counted, ['silenced customer.create', 'captured customer.create']);
});

test('malformed records do not stop their batch: those with IDs are sent, the others move to Failed', async () => {
  const { deps, sent, failed } = setUp('customer', ['customer.create', 'customer.edit', 'customer.delete']);
  const dynamodb = { Keys: { AccountID: { S: 'k' } } };
  const malformed = [
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
  await capture([...(malformed as never[]), streamRecord('customer', 'INSERT', { AccountID: 'a' })], deps);
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
