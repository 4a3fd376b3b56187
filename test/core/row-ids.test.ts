import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeValue } from 'aws-lambda';
import { readChange } from '../../functions/core/change.ts';
import { streamRecord } from '../support/records.ts';

const NOW = 1_770_000_000_000;

test('reads an ID that is not in the key from the row, also for a delete', () => {
  const row = { AccountID: 'a1', CaseID: 'c1', FollowupID: 'f1', Note: 'n' };
  for (const eventName of ['INSERT', 'REMOVE'] as const)
    assert.partialDeepStrictEqual(readChange('followup', streamRecord('followup', eventName, row), NOW), {
      ids: { AccountID: 'a1', CaseID: 'c1', FollowupID: 'f1' },
    });
});

test('accepts a number as an ID', () => {
  const change = readChange('customer', streamRecord('customer', 'INSERT', { AccountID: { N: '42' } }), NOW);
  assert.partialDeepStrictEqual(change, { kind: 'change', ids: { AccountID: '42' } });
});

const unusable: [title: string, value: AttributeValue | undefined, reason: string][] = [
  ['missing', undefined, 'AccountID is missing'],
  ['empty', { S: '' }, 'AccountID is empty'],
  ['a list', { L: [{ S: 'a1' }] }, 'AccountID is a list; an id is a string or a number'],
  ['binary', { B: 'AAAA' }, 'AccountID is binary; an id is a string or a number'],
  ['null', { NULL: true }, 'AccountID is null; an id is a string or a number'],
  ['a map', { M: {} }, 'AccountID is a map; an id is a string or a number'],
  [
    'of an unknown type',
    { X: 1 } as unknown as AttributeValue,
    'AccountID is of an unknown type; an id is a string or a number',
  ],
  ['invalid Unicode', { S: 'a\ud800' }, 'AccountID is not valid Unicode'],
  ['too long', { S: 'ä'.repeat(1025) }, 'AccountID has 2050 bytes; an id has at most 2048'],
];

for (const [title, AccountID, reason] of unusable)
  test(`a followup whose account is ${title} is unusable, with the reason and the key of the row`, () => {
    const row = { ...(AccountID && { AccountID }), CaseID: 'c1', FollowupID: 'f1' };
    assert.partialDeepStrictEqual(readChange('followup', streamRecord('followup', 'INSERT', row), NOW), {
      kind: 'unusable',
      trigger: 'followup.create',
      reason,
      keys: { CaseID: { S: 'c1' }, FollowupID: { S: 'f1' } },
    });
  });

test('accepts an ID of 2,048 bytes', () => {
  assert.equal(
    readChange('customer', streamRecord('customer', 'INSERT', { AccountID: 'x'.repeat(2048) }), NOW).kind,
    'change',
  );
});

test('reads IDs from the attributes in the setting, and names both in the reason', () => {
  const names = { AccountID: 'account', CaseID: 'number' };
  const read = (row: Record<string, string>) => readChange('case', streamRecord('case', 'REMOVE', row), NOW, { names });
  assert.partialDeepStrictEqual(read({ account: 'a', number: 'c', AccountID: 'wrong' }), {
    trigger: 'case.delete',
    ids: { AccountID: 'a', CaseID: 'c' },
  });
  assert.partialDeepStrictEqual(read({ AccountID: 'a', number: 'c' }), { reason: 'AccountID (account) is missing' });
});

test('an attribute with a name that every object inherits is missing if the row does not have it', () => {
  const rules = { names: { AccountID: 'constructor' }, silencedBy: 'toString' };
  const created = streamRecord('customer', 'INSERT', { AccountID: 'a' });
  assert.partialDeepStrictEqual(readChange('customer', created, NOW, rules), {
    kind: 'unusable',
    reason: 'AccountID (constructor) is missing',
  });
  const unknown = streamRecord('customer', 'INSERT', { AccountID: { constructor: 'x' } as never });
  assert.partialDeepStrictEqual(readChange('customer', unknown, NOW), {
    reason: 'AccountID is of an unknown type; an id is a string or a number',
  });
});

test('names the type of a value that is not an ID', () => {
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
