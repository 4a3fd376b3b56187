import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import type { Parked } from '../../functions/adapters/backlog-items.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { Cases } from './conformance.ts';
import { backlogOf, failedOf, type Harness, type Item, itemsOf, putItem, waiting } from './harness.ts';

const T: Trigger = 'case.edit';
const ID = `msg_${'0123456789abcdef'.repeat(2)}`;
const RECORD = 'ab'.repeat(32);
const AT = 1_760_000_000_000;
const EXPIRES = { N: '2000000000' };
const PLACE = `001759999999000#${'0'.repeat(33)}4200042#${ID}`;
const MESSAGE = `{"v":1,"id":"${ID}","trigger":"${T}","formattedString":"?AccountID=a1&CaseID=c1","record":"${RECORD}","sequence":"4200042","changedAt":1759999999000}`;

const sent: Notification = {
  id: ID,
  trigger: T,
  formattedString: '?AccountID=a1&CaseID=c1',
  record: RECORD,
  sequence: '4200042',
  changedAt: 1_759_999_999_000,
};

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

const put = (harness: Harness, item: Item) => putItem(harness, 'backlog', item);

export const oldShapeCases: Cases = {
  'a waiting notification is known, counted, waiting again and released': async ({ backlog }, harness) => {
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

  'a parked notification is known, read, kept after an attempt, and taken out': async ({ backlog }, harness) => {
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

  'a parked notification that was taken out meanwhile is not put back': async ({ backlog }, harness) => {
    await put(harness, pending('parked', { parkedAt: { N: String(AT) } }));
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.unpark(read);
    await backlog.keepParked({ ...read, attempts: 3 }, AT);
    assert.equal(await backlog.count(T, 'parked'), 0);
  },

  'a notification that this release parks anew stands in the same place': async ({ backlog }, harness) => {
    await put(harness, pending('parked', { parkedAt: { N: '5' } }));
    const [old] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.park([{ ...waiting(), notification: sent }], AT);
    assert.equal(await backlog.count(T, 'parked'), 1);
    await backlog.unpark(old);
    assert.equal(await backlog.count(T, 'parked'), 1, 'it was parked anew since it was read');
  },

  'what failed with a notification is read, and forgotten': async ({ backlog }, harness) => {
    await put(harness, failedItem({ message: { S: MESSAGE } }));
    const [read] = await failedOf(backlog, T);
    assert.ok(read);
    assert.deepEqual({ ...read, ...failedFields, notification: sent }, { ...read });
    await backlog.forget(read);
    assert.equal(await backlog.count(T, 'failed'), 0);
  },

  'what failed and then fails again with this release is not forgotten by its first reader': async (
    { backlog },
    harness,
  ) => {
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

  'what failed without a notification is read with its keys, and forgotten': async ({ backlog }, harness) => {
    const keys = { AccountID: { S: 'a 1' }, n: { N: '7' } };
    await put(harness, failedItem({ keys: { S: JSON.stringify(keys) }, attempts: { N: '0' } }));
    const [read] = await failedOf(backlog, T);
    assert.ok(read);
    assert.deepEqual({ ...read, ...failedFields, attempts: 0, keys }, { ...read });
    assert.equal(read.notification, undefined);
    await backlog.forget(read);
    assert.equal(await backlog.count(T, 'failed'), 0);
  },

  'the result of a test is read': async ({ backlog }, harness) => {
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

  'history is read, beside new history': async ({ history }, harness) => {
    const entry = (at: number) => ({ at, who: 'ada', what: 'url' as const, trigger: T, from: null, to: 'https://x/' });
    const place = `${String(AT).padStart(15, '0')}#0b6f5f0e-3c1d-4f83-9a39-0a3f1f5f0001`;
    await put(harness, {
      list: { S: 'history' },
      place: { S: place },
      entry: { S: JSON.stringify(entry(AT)) },
      expiresAt: EXPIRES,
    });
    await history.add(entry(AT + 1));
    assert.deepEqual((await history.read(5)).entries, [entry(AT + 1), entry(AT)]);
    const first = await history.read(1);
    assert.deepEqual((await history.read(5, first.next)).entries, [entry(AT)]);
  },

  'counted changes of a record count on': async ({ counts }, harness) => {
    const changes = { list: { S: `${RECORD}#changes` }, place: { S: '1759999980' }, sequences: { SS: ['1', '2'] } };
    await put(harness, { ...changes, expiresAt: EXPIRES });
    const [within, overLimit] = ['3', '4'].map((sequence) => ({ ...sent, sequence, id: `msg_${sequence.repeat(32)}` }));
    assert.ok(within && overLimit);
    assert.deepEqual([...(await counts(3).overLimit([within, overLimit]))], [overLimit]);
    assert.equal((await itemsOf(harness, 'backlog')).length, 1);
  },

  'triggers are read, moved, leased and given a URL': async ({ triggers }, harness) => {
    const item: Item = {
      trigger: { S: T },
      url: { S: 'https://receiver.example/a' },
      urlChangedAt: { S: '2025-10-09T08:53:20.000Z' },
      urlVersion: { N: '4' },
      state: { S: 'parked' },
      strikes: { N: '10' },
      failingSince: { N: '1759999990000' },
      lastSuccess: { N: '1759999980000' },
      probeAt: { N: String(AT) },
      probeDelay: { N: '60000' },
      parkedBecause: { S: 'HTTP 503' },
      leaseUntil: { N: String(AT) },
    };
    await putItem(harness, 'triggers', item);
    const touched: Item = {
      trigger: { S: 'task.edit' },
      leaseUntil: { N: '5' },
      pausedBy: { S: 'gone' },
      state: { S: 'paused' },
    };
    await putItem(harness, 'triggers', touched);
    const read = await triggers.read([T, 'task.edit']);
    assert.deepEqual(read.get(T), {
      url: 'https://receiver.example/a',
      urlChangedAt: '2025-10-09T08:53:20.000Z',
      urlVersion: 4,
      state: 'parked',
      consecutiveFailures: 10,
      failingSince: 1_759_999_990_000,
      lastSuccess: 1_759_999_980_000,
      probeAt: AT,
      probeDelay: 60_000,
      parkedBecause: 'HTTP 503',
    });
    const paused = {
      state: 'paused',
      pausedBy: 'gone',
      consecutiveFailures: 0,
      lastSuccess: 0,
      probeAt: 0,
      probeDelay: 0,
    };
    assert.deepEqual(read.get('task.edit'), paused);
    assert.equal(await triggers.lease(T, AT + 9, AT - 1), false);
    assert.equal(await triggers.lease(T, AT + 9, AT), true);
    assert.equal(await triggers.move(T, 'drain'), true);
    assert.equal(await triggers.writeUrl(T, 'https://new/', AT, 3), false);
    assert.equal(await triggers.writeUrl(T, 'https://new/', AT, 4), true);
  },

  'secrets are read and changed': async ({ secrets }, harness) => {
    const content = { secret: 'whsec_a', replaced: [{ secret: 'whsec_b', until: 9 }], headers: { 'x-key': 'k' } };
    const write = (trigger: Trigger, of: object) =>
      putItem(harness, 'secrets', { trigger: { S: trigger }, content: { S: JSON.stringify(of) }, version: { N: '3' } });
    await write(T, content);
    await write('task.edit', { replaced: [], headers: {} });
    const read = await secrets.read([T, 'task.edit']);
    assert.deepEqual(read.get(T), { ...content, version: 3 });
    assert.deepEqual(read.get('task.edit'), { replaced: [], headers: {}, version: 3 });
    assert.equal(await secrets.change(T, (now) => ({ ...now, secret: 'whsec_c' })), true);
    assert.deepEqual((await secrets.read([T])).get(T), { ...content, secret: 'whsec_c', version: 4 });
  },

  'attempts in the delivery log are read': async ({ log }, harness) => {
    const rows = [
      [AT, T, ID, sent.formattedString, 1, 'retry', 'HTTP 503', 80, 0, 'busy'],
      [AT + 1, T, ID, sent.formattedString, 2, 'delivered', 'HTTP 200', 40, 3],
    ];
    await putItem(harness, 'log', {
      shard: { S: '3' },
      written: { S: `${String(AT + 2).padStart(15, '0')}#AbC-_123` },
      rows: { B: deflateRawSync(JSON.stringify(rows)) },
      expiresAt: EXPIRES,
    });
    const of = { trigger: T, id: ID, formattedString: sent.formattedString };
    assert.deepEqual((await log.read({}, 10)).entries, [
      {
        ...of,
        at: AT + 1,
        attempt: 2,
        outcome: 'delivered',
        response: 'HTTP 200',
        milliseconds: 40,
        test: true,
        redelivered: true,
      },
      { ...of, at: AT, attempt: 1, outcome: 'failed', response: 'HTTP 503', milliseconds: 80, body: 'busy' },
    ]);
  },
};
