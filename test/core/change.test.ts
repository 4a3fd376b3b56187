import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DynamoDBRecord } from 'aws-lambda';
import { readChange } from '../../functions/core/change.ts';
import { streamRecord } from '../support/records.ts';

const NOW = 1_770_000_000_000;

test('reads INSERT, MODIFY and REMOVE as create, edit and delete', () => {
  for (const [eventName, trigger] of [
    ['INSERT', 'customer.create'],
    ['MODIFY', 'customer.edit'],
    ['REMOVE', 'customer.delete'],
  ] as const) {
    const change = readChange('customer', streamRecord('customer', eventName, { AccountID: 'a1' }), NOW);
    assert.equal(change.kind, 'change');
    assert.partialDeepStrictEqual(change, { trigger, ids: { AccountID: 'a1' }, changedAt: 1_760_000_000_000 });
  }
});

test('ignores an edit of a followup', () => {
  const row = { AccountID: 'a1', CaseID: 'c1', FollowupID: 'f1' };
  assert.equal(readChange('followup', streamRecord('followup', 'MODIFY', row), NOW).kind, 'ignored');
});

test('ignores a delete by time to live, and no other delete', () => {
  const expired = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  const agent = { type: 'AssumedRole', principalId: 'AROA:agent' };
  const read = (userIdentity: unknown) =>
    readChange('task', streamRecord('task', 'REMOVE', { AccountID: 'a', TaskID: 't' }, { userIdentity }), NOW).kind;
  assert.equal(read(expired), 'ignored');
  assert.equal(read(agent), 'change');
  assert.equal(read(null), 'change');
});

test('uses the time of receipt for a record without a time', () => {
  const record = streamRecord('customer', 'INSERT', { AccountID: 'a' });
  delete record.dynamodb?.ApproximateCreationDateTime;
  assert.partialDeepStrictEqual(readChange('customer', record, NOW), { changedAt: NOW });
});

test('gives a record without an event ID an ID that is the same for each repeat', () => {
  const records = ['1', '2'].map((SequenceNumber) => {
    const { eventID: _, ...record } = streamRecord('customer', 'MODIFY', { AccountID: 'a' });
    return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } };
  });
  const idOf = (record: DynamoDBRecord | undefined) => {
    const change = readChange('customer', record ?? {}, NOW);
    assert.equal(change.kind, 'change');
    return change.eventId;
  };
  assert.notEqual(idOf(records[0]), idOf(records[1]));
  assert.equal(idOf(records[0]), idOf(structuredClone(records[0])));
  assert.notEqual(idOf({ ...records[0], eventID: '' }), idOf({ ...records[1], eventID: '' }));
});

test('replaces an invalid sequence or time by one that is valid in a queue message', () => {
  const read = (dynamodb: object) => {
    const record = streamRecord('customer', 'INSERT', { AccountID: 'a' });
    return readChange('customer', { ...record, dynamodb: { ...record.dynamodb, ...dynamodb } }, NOW);
  };
  for (const SequenceNumber of ['', 'shard-1', null, undefined, 7])
    assert.partialDeepStrictEqual(read({ SequenceNumber }), { kind: 'change', sequence: '0' });
  for (const ApproximateCreationDateTime of [null, '2026-11-26', Number.NaN, -0, -0.0001, -5])
    assert.partialDeepStrictEqual(read({ ApproximateCreationDateTime }), { kind: 'change', changedAt: NOW });
});

test('uses 0 for a sequence that is not decimal digits', () => {
  for (const [input, expected] of [
    ['12', '12'],
    ['7', '7'],
    ['', '0'],
    ['x1', '0'],
    ['1x', '0'],
    [12, '0'],
    [undefined, '0'],
  ]) {
    const record = streamRecord('customer', 'INSERT', { AccountID: 'a1' });
    const dynamodb = { ...record.dynamodb, SequenceNumber: input as string };
    assert.partialDeepStrictEqual(readChange('customer', { ...record, dynamodb }, NOW), { sequence: expected });
  }
});
const row = { AccountID: 'a', TaskID: 't' };

test('reads the IDs in the key from a stream that contains only keys', () => {
  for (const eventName of ['INSERT', 'MODIFY', 'REMOVE'] as const) {
    const { NewImage: _, OldImage: __, ...dynamodb } = streamRecord('task', eventName, row).dynamodb ?? {};
    const record = { eventID: 'e', eventName, dynamodb };
    for (const rules of [{}, { ignore: ['seen'], silencedBy: 'by' }])
      assert.partialDeepStrictEqual(readChange('task', record, NOW, rules), { kind: 'change', ids: row });
  }
  const followup = streamRecord('followup', 'INSERT', { AccountID: 'a', CaseID: 'c', FollowupID: 'f' });
  delete followup.dynamodb?.NewImage;
  assert.partialDeepStrictEqual(readChange('followup', followup, NOW), { reason: 'AccountID is missing' });
});

test('returns why a record is ignored', () => {
  const reasonOf = (...input: Parameters<typeof readChange>) => {
    const read = readChange(...input);
    return 'reason' in read ? read.reason : read.kind;
  };
  const followup = { AccountID: 'a1', CaseID: 'c1', FollowupID: 'f1' };
  const edit = streamRecord('followup', 'MODIFY', followup);
  assert.equal(reasonOf('followup', edit, NOW), 'no trigger for MODIFY of a followup');
  const { eventName: _, ...unnamed } = edit;
  assert.equal(reasonOf('followup', unnamed, NOW), 'no trigger for undefined of a followup');
  const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  const removed = streamRecord('customer', 'REMOVE', { AccountID: 'a1' });
  assert.equal(reasonOf('customer', { ...removed, userIdentity }, NOW), 'deleted by time to live');
  const other = { type: 'Service', principalId: 'replication.dynamodb.amazonaws.com' };
  assert.equal(reasonOf('customer', { ...removed, userIdentity: other }, NOW), 'change');
  const same = streamRecord('customer', 'MODIFY', { AccountID: 'a1' });
  assert.equal(reasonOf('customer', same, NOW, { ignore: ['seen'] }), 'only ignored attributes changed');
});
