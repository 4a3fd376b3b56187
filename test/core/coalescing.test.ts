import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstGroupOf, mergedOf, triedOf } from '../../functions/core/coalescing.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { notification } from '../support/records.ts';

const one = (fields: Partial<Notification> = {}) => notification({ formattedString: '?AccountID=a', ...fields });
const groupSize = (...lane: Notification[]) => firstGroupOf(lane, (each) => each).length;

for (const [what, lane, size] of [
  ['no notifications', [], 0],
  ['one', [one()], 1],
  ['three edits', [one(), one(), one()], 3],
  ['an edit before a delete', [one(), one({ trigger: 'customer.delete' }), one()], 1],
  ['a create before edits', [one({ trigger: 'customer.create' }), one(), one()], 1],
  ['an edit that changed an ID', [one(), one(), one({ formattedString: '?AccountID=b' })], 2],
  ['another record', [one(), one({ record: 'f'.repeat(64) })], 1],
  ['a backfilled row after an edit', [one(), one({ sequence: '0' })], 1],
  ['a backfilled row before an edit', [one({ sequence: '0' }), one()], 2],
  ['a test call after an edit', [one(), one({ test: true }), one()], 1],
  ['a redelivered edit before others', [one({ redelivered: 1 }), one(), one()], 1],
  ['a redelivered edit after another', [one(), one({ redelivered: 1 })], 1],
] as const satisfies [string, Notification[], number][])
  test(`the first group of ${what} has ${size}`, () => {
    assert.equal(groupSize(...lane), size);
  });

test('the newest notification of a group keeps its ID and sequence, and counts all changes, also those merged before', () => {
  const group = [
    one({ changedAt: 5_000 }),
    one({ changedAt: 9_000, coalesced: 4, oldestAt: 2_000 }),
    one({ changedAt: 8_000 }),
  ];
  assert.deepEqual(mergedOf(group), { ...group[2], coalesced: 6, oldestAt: 2_000 });
});

test('a notification alone does not change', () => {
  const alone = one();
  assert.equal(mergedOf([alone]), alone);
});

test('a group has the most attempts, the earliest first attempt, the latest next attempt and the fields of its newest', () => {
  const states = [
    { attempts: 3, firstAttempt: 50, nextTry: 900, token: 'a' },
    { attempts: 0, firstAttempt: 0, nextTry: 0, token: 'b' },
    { attempts: 1, firstAttempt: 70, nextTry: 800, token: 'c' },
  ];
  assert.deepEqual(triedOf(states), { attempts: 3, firstAttempt: 50, nextTry: 900, token: 'c' });
});

test('a group without an attempt has no first attempt', () => {
  assert.equal(triedOf([{ attempts: 0, firstAttempt: 0, nextTry: 0 }]).firstAttempt, 0);
});
