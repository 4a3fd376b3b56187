import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { readChange } from '../../functions/core/change.ts';
import { entityNames } from '../../functions/core/entity.ts';
import { streamRecord } from '../support/records.ts';

const NOW = 1_770_000_000_000;

test('inserting, modifying and removing are create, edit and delete', () => {
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

test("a followup's account, which is no key, is read from the row, also from a removed one", () => {
  const row = { AccountID: 'a1', CaseID: 'c1', FollowupID: 'f1', Note: 'n' };
  for (const eventName of ['INSERT', 'REMOVE'] as const)
    assert.partialDeepStrictEqual(readChange('followup', streamRecord('followup', eventName, row), NOW), {
      ids: { AccountID: 'a1', CaseID: 'c1', FollowupID: 'f1' },
    });
});

test('a followup edit is ignored', () => {
  const row = { AccountID: 'a1', CaseID: 'c1', FollowupID: 'f1' };
  assert.equal(readChange('followup', streamRecord('followup', 'MODIFY', row), NOW).kind, 'ignored');
});

test('a time-to-live expiry is ignored, a delete by anybody else is not', () => {
  const expired = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  const agent = { type: 'AssumedRole', principalId: 'AROA:agent' };
  const read = (userIdentity: unknown) =>
    readChange('task', streamRecord('task', 'REMOVE', { AccountID: 'a', TaskID: 't' }, { userIdentity }), NOW).kind;
  assert.equal(read(expired), 'ignored');
  assert.equal(read(agent), 'change');
  assert.equal(read(null), 'change');
});

test('an id typed as a Number counts as an id', () => {
  const change = readChange('customer', streamRecord('customer', 'INSERT', { AccountID: { N: '42' } }), NOW);
  assert.partialDeepStrictEqual(change, { kind: 'change', ids: { AccountID: '42' } });
});

const unusable: [string, AttributeValue | undefined, string][] = [
  ['missing', undefined, 'AccountID is missing'],
  ['empty', { S: '' }, 'AccountID is empty'],
  ['a list', { L: [{ S: 'a1' }] }, 'AccountID is a list; an id is a string or a number'],
  ['binary', { B: 'AAAA' }, 'AccountID is binary; an id is a string or a number'],
  ['null', { NULL: true }, 'AccountID is null; an id is a string or a number'],
  ['a map', { M: {} }, 'AccountID is a map; an id is a string or a number'],
  [
    'of a type to come',
    { X: 1 } as unknown as AttributeValue,
    'AccountID is of an unknown type; an id is a string or a number',
  ],
  ['no Unicode', { S: 'a\ud800' }, 'AccountID is not valid Unicode'],
  ['too long', { S: 'ä'.repeat(1025) }, 'AccountID has 2050 bytes; an id has at most 2048'],
];

for (const [title, AccountID, reason] of unusable)
  test(`a followup whose account is ${title} is unusable, with the reason and its key`, () => {
    const row = { ...(AccountID && { AccountID }), CaseID: 'c1', FollowupID: 'f1' };
    assert.partialDeepStrictEqual(readChange('followup', streamRecord('followup', 'INSERT', row), NOW), {
      kind: 'unusable',
      trigger: 'followup.create',
      reason,
      keys: { CaseID: { S: 'c1' }, FollowupID: { S: 'f1' } },
    });
  });

test('an id of 2,048 bytes, the longest key, is usable', () => {
  assert.equal(
    readChange('customer', streamRecord('customer', 'INSERT', { AccountID: 'x'.repeat(2048) }), NOW).kind,
    'change',
  );
});

test('changes of one row share a record; other rows, and the same key in another table, do not', () => {
  const record = (entity: 'case' | 'task', row: Record<string, string>) => {
    const change = readChange(entity, streamRecord(entity, 'INSERT', row), NOW);
    assert.equal(change.kind, 'change');
    return change.record;
  };
  const base = record('case', { AccountID: 'a', CaseID: 'c' });
  assert.equal(base, record('case', { CaseID: 'c', AccountID: 'a' }), 'whatever order the keys are listed in');
  assert.notEqual(base, record('case', { AccountID: 'a', CaseID: 'd' }));
  assert.notEqual(base, record('task', { AccountID: 'a', TaskID: 'c' }));
  assert.notEqual(record('case', { AccountID: 'ab', CaseID: 'c' }), record('case', { AccountID: 'a', CaseID: 'bc' }));
});

test('a record without a time was changed when it was received', () => {
  const record = streamRecord('customer', 'INSERT', { AccountID: 'a' });
  delete record.dynamodb?.ApproximateCreationDateTime;
  assert.partialDeepStrictEqual(readChange('customer', record, NOW), { changedAt: NOW });
});

test('ids are read from the attributes that the team gave them, and a reason names both', () => {
  const names = { AccountID: 'account', CaseID: 'number' };
  const read = (row: Record<string, string>) => readChange('case', streamRecord('case', 'REMOVE', row), NOW, { names });
  assert.partialDeepStrictEqual(read({ account: 'a', number: 'c', AccountID: 'wrong' }), {
    trigger: 'case.delete',
    ids: { AccountID: 'a', CaseID: 'c' },
  });
  assert.partialDeepStrictEqual(read({ AccountID: 'a', number: 'c' }), { reason: 'AccountID (account) is missing' });
});

/** A record whose row was another before. */
function edit(before: Record<string, string>, after: Record<string, string>, view = ['OldImage', 'NewImage'] as const) {
  const record = streamRecord('task', 'MODIFY', { AccountID: 'a', TaskID: 't', ...after });
  const { dynamodb: old } = streamRecord('task', 'MODIFY', { AccountID: 'a', TaskID: 't', ...before });
  Object.assign(record.dynamodb ?? {}, { OldImage: old?.OldImage });
  for (const image of ['OldImage', 'NewImage'] as const) if (!view.includes(image)) delete record.dynamodb?.[image];
  return record;
}

test('an edit of nothing but ignored attributes is ignored, and any other edit, create and delete is a change', () => {
  const rules = { ignore: ['seen'] };
  assert.equal(readChange('task', edit({ seen: '1' }, { seen: '2' }), NOW, rules).kind, 'ignored');
  assert.equal(readChange('task', edit({ seen: '1' }, { seen: '2', note: 'n' }), NOW, rules).kind, 'change');
  assert.equal(readChange('task', edit({ seen: '1' }, { seen: '2' }), NOW).kind, 'change', 'without a rule');
  for (const eventName of ['INSERT', 'REMOVE'] as const) {
    const record = streamRecord('task', eventName, { AccountID: 'a', TaskID: 't', seen: '1' });
    assert.equal(readChange('task', record, NOW, rules).kind, 'change', eventName);
  }
});

test('what a receiver wrote and marked is silenced; what somebody writes to the same row later is not', () => {
  const rules = { silencedBy: 'receiver' };
  assert.partialDeepStrictEqual(readChange('task', edit({}, { receiver: 'r1', note: 'n' }), NOW, rules), {
    kind: 'silenced',
    trigger: 'task.edit',
  });
  assert.equal(readChange('task', edit({ receiver: 'r1' }, { receiver: 'r2' }), NOW, rules).kind, 'silenced');
  assert.equal(readChange('task', edit({ receiver: 'r2' }, { receiver: 'r2', note: 'n' }), NOW, rules).kind, 'change');
  const gone = streamRecord('task', 'REMOVE', { AccountID: 'a', TaskID: 't', receiver: 'r2' });
  assert.equal(readChange('task', gone, NOW, rules).kind, 'change');
});

test('a stream that does not tell the row before swallows no edit', () => {
  const blind = edit({ seen: '1' }, { seen: '2' }, ['NewImage'] as never);
  assert.equal(readChange('task', blind, NOW, { ignore: ['seen'] }).kind, 'change');
  assert.equal(readChange('task', blind, NOW, { silencedBy: 'seen' }).kind, 'change');
});

test('no record, however broken, makes it throw', () => {
  const value = fc.oneof(fc.constant(undefined), fc.dictionary(fc.constantFrom('S', 'N', 'B', 'L', 'X'), fc.string()));
  const image = fc.option(fc.dictionary(fc.constantFrom('AccountID', 'CaseID', 'FollowupID', 'TaskID'), value), {
    nil: undefined,
  });
  const record = fc.record(
    {
      eventID: fc.string(),
      eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE', 'OTHER', undefined),
      userIdentity: fc.anything(),
      dynamodb: fc.record({ Keys: image, NewImage: image, OldImage: image }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...entityNames), record, (entity, broken) => {
      const rules = { names: { AccountID: 'CaseID' }, ignore: ['TaskID'], silencedBy: 'FollowupID' };
      for (const given of [undefined, rules]) {
        const { kind } = readChange(entity, broken as DynamoDBRecord, NOW, given);
        assert.ok(['change', 'unusable', 'silenced', 'ignored'].includes(kind));
      }
    }),
  );
});
