import assert from 'node:assert/strict';
import type { Parked } from '../../functions/adapters/backlog-items.ts';
import type { Cases } from './conformance.ts';
import { backlogOf, failedOf, type Item, waiting } from './harness.ts';
import { AT, EXPIRES, ID, put, RECORD, sent, T } from './old-samples.ts';

const PLACE = `001759999999000#${'0'.repeat(33)}4200042#${ID}`;

const MESSAGE = `{"v":1,"id":"${ID}","trigger":"${T}","formattedString":"?AccountID=a1&CaseID=c1","record":"${RECORD}","sequence":"4200042","changedAt":1759999999000}`;

/** A notification of one of the backlog's lists, as release 0.2.0 wrote it. */
function pending(list: 'held' | 'parked', rest: Item = {}): Item {
  return {
    list: { S: `${T}#${list}` },
    place: { S: PLACE },
    id: { S: ID },
    message: { S: MESSAGE },
    attempts: { N: '2' },
    firstAttempt: { N: '1759999999500' },
    answer: { S: 'HTTP 503' },
    nextTry: { N: '1760000030000' },
    expiresAt: EXPIRES,
    ...rest,
  };
}

const known = { attempts: 2, firstAttempt: 1_759_999_999_500, response: 'HTTP 503', nextTry: 1_760_000_030_000 };

function failedItem(rest: Item): Item {
  return {
    list: { S: `${T}#failed` },
    place: { S: PLACE },
    id: { S: ID },
    reason: { S: 'HTTP 404' },
    attempts: { N: '5' },
    failedAt: { N: String(AT) },
    changedAt: { N: '1759999999000' },
    sequence: { S: '4200042' },
    record: { S: RECORD },
    expiresAt: EXPIRES,
    ...rest,
  };
}

const failedFields = {
  ...{ id: ID, trigger: T, reason: 'HTTP 404', attempts: 5, failedAt: AT },
  ...{ changedAt: 1_759_999_999_000, sequence: '4200042', record: RECORD },
};

export const oldShapeCases: Cases = {
  'reads, counts, holds and releases a waiting notification': async ({ backlog }, harness) => {
    await put(harness, pending('held'));
    assert.equal(await backlog.count(T, 'held'), 1);
    const found = (await backlog.seen([sent])).get(sent);
    assert.deepEqual({ ...found, ...known }, { ...found });
    await backlog.hold({ notification: sent, ...known, attempts: 3 }, AT);
    assert.equal((await backlog.seen([sent])).get(sent)?.attempts, 3);
    assert.equal(await backlog.count(T, 'held'), 1, 'in the same place');
    await put(harness, pending('held'));
    await backlog.release(sent, AT);
    assert.equal(await backlog.count(T, 'held'), 0);
  },

  'reads, updates and removes a parked notification': async ({ backlog }, harness) => {
    await put(harness, pending('parked', { parkedAt: { N: String(AT) } }));
    assert.ok((await backlog.seen([sent])).get(sent)?.parked);
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    assert.deepEqual({ ...read, notification: sent, ...known, parkedAt: AT }, { ...read });
    await backlog.keepParked({ ...read, attempts: 3 }, AT);
    const [kept] = (await backlogOf(backlog, T)) as [Parked];
    assert.equal(kept.attempts, 3);
    await backlog.unpark(kept);
    assert.equal(await backlog.count(T, 'parked'), 0);
    await put(harness, pending('parked', { parkedAt: { N: String(AT) } }));
    await backlog.unpark(read);
    assert.equal(await backlog.count(T, 'parked'), 0, 'without an attempt between');
  },

  'does not store a result for a parked notification that was removed meanwhile': async ({ backlog }, harness) => {
    await put(harness, pending('parked', { parkedAt: { N: String(AT) } }));
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.unpark(read);
    await backlog.keepParked({ ...read, attempts: 3 }, AT);
    assert.equal(await backlog.count(T, 'parked'), 0);
  },

  'a notification that this release parks again has the same key': async ({ backlog }, harness) => {
    await put(harness, pending('parked', { parkedAt: { N: '5' } }));
    const [old] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.park([{ ...waiting(), notification: sent }], AT);
    assert.equal(await backlog.count(T, 'parked'), 1);
    await backlog.unpark(old);
    assert.equal(await backlog.count(T, 'parked'), 1, 'it was parked anew since it was read');
  },

  'reads and removes a failed entry with a notification': async ({ backlog }, harness) => {
    await put(harness, failedItem({ message: { S: MESSAGE } }));
    const [read] = await failedOf(backlog, T);
    assert.ok(read);
    assert.deepEqual({ ...read, ...failedFields, notification: sent }, { ...read });
    await backlog.forget(read);
    assert.equal(await backlog.count(T, 'failed'), 0);
  },

  'does not remove an entry that fails again with this release': async ({ backlog }, harness) => {
    await put(harness, failedItem({ message: { S: MESSAGE } }));
    const [read] = await failedOf(backlog, T);
    assert.ok(read);
    await backlog.fail({ ...read, reason: 'HTTP 500' });
    await backlog.forget(read);
    assert.deepEqual(
      (await failedOf(backlog, T)).map(({ reason }) => reason),
      ['HTTP 500'],
    );
  },

  'reads and removes a failed entry without a notification, with its keys': async ({ backlog }, harness) => {
    const keys = { AccountID: { S: 'a 1' }, n: { N: '7' } };
    await put(harness, failedItem({ keys: { S: JSON.stringify(keys) }, attempts: { N: '0' } }));
    const [read] = await failedOf(backlog, T);
    assert.ok(read);
    assert.deepEqual({ ...read, ...failedFields, attempts: 0, keys }, { ...read });
    assert.equal(read.notification, undefined);
    await backlog.forget(read);
    assert.equal(await backlog.count(T, 'failed'), 0);
  },

  'reads the result of a test call': async ({ backlog }, harness) => {
    const result = { delivered: false, response: 'HTTP 500', milliseconds: 31, body: 'oops' };
    const item = {
      list: { S: `${T}#test` },
      place: { S: PLACE },
      result: { S: JSON.stringify({ ...result, response: undefined, answer: result.response }) },
      expiresAt: EXPIRES,
    };
    await put(harness, item);
    assert.deepEqual(await backlog.testResult(sent), result);
  },
};
