import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { readChange, recordHash } from '../../functions/core/change.ts';
import { entityNames } from '../../functions/core/entity.ts';
import { fromMessage, notificationOf, toMessage } from '../../functions/core/notification.ts';
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

test('an id entered as a Number counts as an id', () => {
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

test("a record's hash stays what it was in 0.2.0: queued messages and backlog items carry it", () => {
  for (const [hash, entity, keys] of [
    [
      '932c3ac559cc1dcd7aa275845cb4f44cb0a60792908269da46426806b73de001',
      'case',
      { AccountID: { S: 'a' }, CaseID: { S: 'ç' } },
    ],
    ['bb35699287f81f064b6f2ecf8e3a1f6a1d36e30e38bf870e14ff01aff9fff11e', 'customer', { AccountID: { N: '42' } }],
    [
      '73575905c0345009ab6a7c732a07ef833134e9249ef88cbf77b4e5722b30f646',
      'task',
      { id: { N: '-1.5' }, AccountID: { S: 'a' } },
    ],
    ['c9680a6e53e47a990e7cc3c9126cc96dbcefb4708a1c1fb77072cf343ea82294', 'customer', { id: { B: 'AQI=' } }],
  ] as const)
    assert.equal(recordHash(entity, keys), hash);
});

const bytes = new Uint8Array([9, 1, 2]);

for (const [form, B] of [
  ['bytes', bytes.slice(1)],
  ['a Buffer', Buffer.from([1, 2])],
  ['a part of a larger buffer', bytes.subarray(1)],
] as const)
  test(`a binary key has one hash, as base64 text in the stream and as ${form}`, () => {
    const stream = recordHash('case', { id: { B: 'AQI=' }, account: { S: 'a' } });
    assert.equal(recordHash('case', { account: { S: 'a' }, id: { B } }), stream);
    assert.notEqual(recordHash('case', { account: { S: 'a' }, id: { B: Buffer.from([1, 3]) } }), stream);
    assert.notEqual(recordHash('case', { account: { S: 'a' }, id: { S: 'AQI=' } }), stream);
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

test('an edit that only reorders a set is ignored, and marks nothing', () => {
  const reordered = edit({}, {});
  Object.assign(reordered.dynamodb?.OldImage ?? {}, { tags: { SS: ['x', 'y'] }, seen: { S: '1' } });
  Object.assign(reordered.dynamodb?.NewImage ?? {}, { tags: { SS: ['y', 'x'] }, seen: { S: '2' } });
  assert.equal(readChange('task', reordered, NOW, { ignore: ['seen'] }).kind, 'ignored');
  assert.equal(readChange('task', reordered, NOW, { silencedBy: 'tags' }).kind, 'change');
});

test('a write of the replicator of global tables version 2017.11.29 is ignored without a setting', () => {
  const before = { note: 'n', 'aws:rep:updateregion': 'eu-west-1' };
  for (const rules of [{}, { ignore: ['seen'] }, { silencedBy: 'by' }]) {
    const read = (from: Record<string, string>, to: Record<string, string>) =>
      readChange('task', edit(from, to), NOW, rules).kind;
    assert.equal(read({ note: 'n' }, { ...before, 'aws:rep:updatetime': '1' }), 'ignored', 'after a create');
    assert.equal(read(before, { ...before, 'aws:rep:updateregion': 'eu-west-2' }), 'ignored', 'after an edit');
    assert.equal(read(before, { ...before, 'aws:rep:deleting': 'true' }), 'ignored', 'before a delete');
    assert.equal(
      read(before, { note: 'm', 'aws:rep:updateregion': 'eu-west-2' }),
      'change',
      'an edit in another region',
    );
    assert.equal(
      read({ note: 'n', 'aws:report': '1' }, { note: 'n', 'aws:report': '2' }),
      'change',
      'an own attribute',
    );
  }
  for (const eventName of ['INSERT', 'REMOVE'] as const)
    assert.equal(
      readChange('task', streamRecord('task', eventName, { AccountID: 'a', TaskID: 't', ...before }), NOW).kind,
      'change',
    );
  assert.equal(
    readChange('task', edit(before, { ...before, 'aws:rep:deleting': 'true' }, ['NewImage'] as never), NOW).kind,
    'change',
  );
});

test('a record without an event id has an id of its own, the same each time it is handed out', () => {
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

test('a sequence or time that is none is replaced by one that the queue message can carry', () => {
  const odd = (dynamodb: object) => {
    const record = streamRecord('customer', 'INSERT', { AccountID: 'a' });
    return readChange('customer', { ...record, dynamodb: { ...record.dynamodb, ...dynamodb } }, NOW);
  };
  for (const SequenceNumber of ['', 'shard-1', null, undefined, 7])
    assert.partialDeepStrictEqual(odd({ SequenceNumber }), { kind: 'change', sequence: '0' });
  for (const ApproximateCreationDateTime of [null, '2026-11-26', Number.NaN])
    assert.partialDeepStrictEqual(odd({ ApproximateCreationDateTime }), { kind: 'change', changedAt: NOW });
});

const row = { AccountID: 'a', TaskID: 't' };

test('a stream of keys alone gives the ids that are keys, and says which is missing', () => {
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

test('an edit whose row before is null is never suppressed', () => {
  const record = edit({}, { by: 'r1' });
  Object.assign(record.dynamodb ?? {}, { OldImage: null });
  assert.equal(readChange('task', record, NOW, { silencedBy: 'by' }).kind, 'change');
});

test('an attribute that is not there is missing, also under a name that every object has', () => {
  const rules = { names: { AccountID: 'constructor' }, silencedBy: 'toString' };
  const created = streamRecord('customer', 'INSERT', { AccountID: 'a' });
  assert.partialDeepStrictEqual(readChange('customer', created, NOW, rules), {
    kind: 'unusable',
    reason: 'AccountID (constructor) is missing',
  });
  const strange = streamRecord('customer', 'INSERT', { AccountID: { constructor: 'x' } as never });
  assert.partialDeepStrictEqual(readChange('customer', strange, NOW), {
    reason: 'AccountID is of an unknown type; an id is a string or a number',
  });
});

test('what a receiver wrote and marked is suppressed; what somebody writes to the same row later is not', () => {
  const rules = { silencedBy: 'receiver' };
  assert.partialDeepStrictEqual(readChange('task', edit({}, { receiver: 'r1', note: 'n' }), NOW, rules), {
    kind: 'suppressed',
    trigger: 'task.edit',
  });
  assert.equal(readChange('task', edit({ receiver: 'r1' }, { receiver: 'r2' }), NOW, rules).kind, 'suppressed');
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
  const value = fc.oneof(
    fc.constant(undefined),
    fc.dictionary(fc.constantFrom('S', 'N', 'B', 'L', 'M', 'SS', 'X'), fc.oneof(fc.string(), fc.jsonValue())),
    fc.jsonValue(),
  );
  const names = fc.constantFrom('AccountID', 'CaseID', 'FollowupID', 'TaskID', 'aws:rep:deleting');
  const image = fc.oneof(fc.constantFrom(undefined, null), fc.dictionary(names, value), fc.jsonValue());
  const record = fc.record(
    {
      eventID: fc.oneof(fc.string(), fc.constant(null)),
      eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE', 'OTHER', 'constructor', undefined, null),
      userIdentity: fc.anything(),
      dynamodb: fc.oneof(
        fc.record(
          {
            Keys: image,
            NewImage: image,
            OldImage: image,
            SequenceNumber: fc.jsonValue(),
            ApproximateCreationDateTime: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...entityNames), record, (entity, broken) => {
      const rules = { names: { AccountID: 'CaseID' }, ignore: ['TaskID'], silencedBy: 'FollowupID' };
      for (const given of [undefined, rules]) {
        const change = readChange(entity, broken as DynamoDBRecord, NOW, given);
        assert.ok(['change', 'unusable', 'suppressed', 'ignored'].includes(change.kind));
        if (change.kind !== 'change') continue;
        const made = notificationOf(change);
        assert.deepEqual(fromMessage(toMessage(made)), made, 'its message can be read');
      }
    }),
  );
});

test('says why a record is ignored', () => {
  const reasonOf = (...given: Parameters<typeof readChange>) => {
    const read = readChange(...given);
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
  assert.equal(reasonOf('customer', same, NOW, { ignore: ['seen'] }), 'no attribute changed that counts');
});

test('names the type of a set whose value is used as an id', () => {
  const types: Readonly<Record<string, AttributeValue>> = {
    binary: { B: 'AA==' },
    'a boolean': { BOOL: true },
    null: { NULL: true },
    'a list': { L: [] },
    'a map': { M: {} },
    'a set of strings': { SS: ['x'] },
    'a set of numbers': { NS: ['1'] },
    'a set of binaries': { BS: ['AA=='] },
    'of an unknown type': { X: 1 } as unknown as AttributeValue,
  };
  for (const [name, value] of Object.entries(types))
    assert.partialDeepStrictEqual(
      readChange('task', streamRecord('task', 'INSERT', { AccountID: value, TaskID: 't' }), NOW),
      { kind: 'unusable', reason: `AccountID is ${name}; an id is a string or a number` },
    );
});

test('takes only decimal digits for a sequence, and 0 for anything else', () => {
  for (const [given, expected] of [
    ['12', '12'],
    ['7', '7'],
    ['', '0'],
    ['x1', '0'],
    ['1x', '0'],
    [12, '0'],
    [undefined, '0'],
  ]) {
    const record = streamRecord('customer', 'INSERT', { AccountID: 'a1' });
    const dynamodb = { ...record.dynamodb, SequenceNumber: given as string };
    assert.partialDeepStrictEqual(readChange('customer', { ...record, dynamodb }, NOW), { sequence: expected });
  }
});
