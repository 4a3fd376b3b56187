import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChange } from '../../functions/core/change.ts';
import { recordHash } from '../../functions/core/record-hash.ts';
import { streamRecord } from '../support/records.ts';

const NOW = 1_770_000_000_000;

test('changes of one row have the same hash; other rows and other tables have another hash', () => {
  const record = (entity: 'case' | 'task', row: Record<string, string>) => {
    const change = readChange(entity, streamRecord(entity, 'INSERT', row), NOW);
    assert.equal(change.kind, 'change');
    return change.record;
  };
  const base = record('case', { AccountID: 'a', CaseID: 'c' });
  assert.equal(base, record('case', { CaseID: 'c', AccountID: 'a' }), 'in any order of the keys');
  assert.notEqual(base, record('case', { AccountID: 'a', CaseID: 'd' }));
  assert.notEqual(base, record('task', { AccountID: 'a', TaskID: 'c' }));
  assert.notEqual(record('case', { AccountID: 'ab', CaseID: 'c' }), record('case', { AccountID: 'a', CaseID: 'bc' }));
});

test('makes the same hash as release 0.2.0, whose messages and backlog items contain it', () => {
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
  ['a view of a larger buffer', bytes.subarray(1)],
] as const)
  test(`a binary key has the same hash as base64 text of a stream and as ${form}`, () => {
    const stream = recordHash('case', { id: { B: 'AQI=' }, account: { S: 'a' } });
    assert.equal(recordHash('case', { account: { S: 'a' }, id: { B } }), stream);
    assert.notEqual(recordHash('case', { account: { S: 'a' }, id: { B: Buffer.from([1, 3]) } }), stream);
    assert.notEqual(recordHash('case', { account: { S: 'a' }, id: { S: 'AQI=' } }), stream);
  });
