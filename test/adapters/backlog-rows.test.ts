import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { fromFailedRow, unreadableAsFailed } from '../../functions/adapters/backlog-rows.ts';
import { placePattern } from '../../functions/adapters/history.ts';

const ID = `msg_${'0123456789abcdef'.repeat(2)}`;
const PLACE = `001759999999000#${'0'.repeat(33)}4200042#${ID}`;
const failed = { list: 'case.edit#failed', place: PLACE, id: ID, reason: 'HTTP 404', attempts: 5, failedAt: 7 };

test('shows an unreadable row with its place, the reason and the stored notification', () => {
  const read = {
    id: ID,
    trigger: 'case.edit',
    attempts: 0,
    changedAt: 1_759_999_999_000,
    sequence: '4200042',
    record: '',
  };
  assert.deepEqual(unreadableAsFailed({ place: PLACE, message: '{"v":9}' }, 'case.edit', new Error('x'), 3), {
    ...read,
    failedAt: 3,
    reason: 'this version cannot read the notification as it is stored: it has another shape',
    stored: '{"v":9}',
  });
  const issues = [{ message: 'no list' }];
  assert.deepEqual(unreadableAsFailed({ place: PLACE, message: 1 }, 'case.edit', { issues }), {
    ...read,
    failedAt: 0,
    reason: 'this version cannot read the notification as it is stored: no list',
  });
  for (const error of [{ issues: [] }, {}])
    assert.match(unreadableAsFailed({ place: PLACE }, 'case.edit', error).reason, /: it has another shape$/);
});

test('shows a row with an unreadable place without time, sequence and ID', () => {
  for (const [place, changedAt, sequence, id] of [
    ['', 0, '0', ''],
    ['x', 0, '0', ''],
    ['12', 12, '0', ''],
    ['12#5x#i', 12, '0', 'i'],
    ['12#x5#i', 12, '0', 'i'],
    ['12#5#i', 12, '5', 'i'],
  ] as const)
    assert.partialDeepStrictEqual(unreadableAsFailed({ place }, 'case.edit', {}), { changedAt, sequence, id });
});

test('shows a failed row whose keys or sequence cannot be read, and why', () => {
  const because = (row: object) => fromFailedRow({ ...failed, ...row }, 'case.edit').reason;
  assert.equal(because({ keys: '{"AccountID":"a"}' }), 'HTTP 404');
  assert.match(because({ keys: '{' }), /cannot read .*: its keys are not JSON$/);
  for (const sequence of ['5x', 'x5', '']) assert.match(because({ sequence }), /cannot read/);
});

test('reads a failed row without the fields of a later version by their defaults', () => {
  assert.deepEqual(fromFailedRow({ list: 'case.edit#failed', place: PLACE }, 'case.edit'), {
    id: '',
    trigger: 'case.edit',
    reason: '',
    attempts: 0,
    failedAt: 0,
    changedAt: 0,
    sequence: '0',
    record: '',
  });
  assert.deepEqual(unattempted, { attempts: 0, firstAttempt: 0, response: '', nextTry: 0 });
});

test('accepts only 15 digits and a UUID as a place in the history', () => {
  const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  assert.match(`001759999999000#${uuid}`, placePattern);
  for (const place of [
    `x001759999999000#${uuid}`,
    `001759999999000#${uuid}x`,
    `1#${uuid}`,
    `${'x'.repeat(15)}#${uuid}`,
    '001759999999000#a',
    `001759999999000#${'x'.repeat(36)}`,
  ])
    assert.doesNotMatch(place, placePattern);
});
