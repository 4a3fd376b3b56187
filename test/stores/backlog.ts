import assert from 'node:assert/strict';
import type { Failed, Parked } from '../../functions/adapters/backlog-items.ts';
import type { Place } from '../../functions/adapters/table.ts';
import { triggers as allTriggers, type Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { notification } from '../support/records.ts';
import { losingResponses } from './clients.ts';
import type { Cases } from './conformance.ts';
import { backlogOf, failed, failedOf, itemsOf, pagesOf, putItem, storesOf, waiting } from './harness.ts';

const T: Trigger = 'customer.edit';
const AT = 1_760_000_000_000;
const DAY = 24 * 60 * 60;

const idsOf = (parked: readonly Parked[]) => parked.map(({ notification: { id } }) => id);
const known = { attempts: 3, firstAttempt: 11, response: 'HTTP 503', nextTry: 22 };

export const backlogCases: Cases = {
  'knows a notification that waits for a retry, and no other': async ({ backlog }) => {
    const [first, other] = [waiting({}, known), notification()];
    await backlog.hold(first, AT);
    const seen = await backlog.seen([first.notification, other]);
    const found = seen.get(first.notification);
    assert.deepEqual({ ...found, ...known }, { ...found });
    assert.ok(!found?.parked);
    assert.equal(seen.get(other), undefined);
    await backlog.hold({ ...first, attempts: 4 }, AT);
    assert.equal((await backlog.seen([first.notification])).get(first.notification)?.attempts, 4);
    assert.equal(await backlog.count(T, 'held'), 1);
  },

  'knows of a notification in a backlog that it is there, and what is known of it there': async ({ backlog }) => {
    const parked = waiting({}, known);
    await backlog.hold({ ...parked, attempts: 1 }, AT);
    await backlog.park([parked], AT);
    const found = (await backlog.seen([parked.notification])).get(parked.notification);
    assert.ok(found?.parked);
    assert.equal(found.attempts, 3);
  },

  'looks up over 100 keys at once': async ({ backlog }) => {
    const all = Array.from({ length: 120 }, () => waiting());
    await backlog.park(all.slice(0, 60), AT);
    for (const one of all.slice(60)) await backlog.hold(one, AT);
    const seen = await backlog.seen(all.map((one) => one.notification));
    for (const [i, one] of all.entries()) assert.equal(Boolean(seen.get(one.notification)?.parked), i < 60);
  },

  'looks up two messages of one notification': async ({ backlog }) => {
    const one = waiting();
    const twin: Notification = { ...one.notification, redelivered: AT };
    await backlog.hold(one, AT);
    const seen = await backlog.seen([one.notification, { ...one.notification }, twin]);
    assert.equal(seen.get(one.notification)?.attempts, 1);
  },

  'no longer counts as waiting what was released': async ({ backlog }) => {
    const [one, other] = [waiting(), waiting()];
    await backlog.hold(one, AT);
    await backlog.hold(other, AT);
    await backlog.release(one.notification, AT);
    assert.equal(await backlog.count(T, 'held'), 1);
    await backlog.release(notification(), AT);
    assert.equal(await backlog.count(T, 'held'), 1);
  },

  'stores no retry for a notification that another function has finished, in either order': async ({ backlog }) => {
    const [one, never] = [waiting(), waiting()];
    await backlog.hold(one, AT);
    await backlog.release(one.notification, AT);
    assert.equal(await backlog.hold(one, AT + 1), false);
    assert.equal(await backlog.count(T, 'held'), 0, 'what is shown as waiting waits');
    await backlog.release(never.notification, AT);
    assert.equal(await backlog.hold(never, AT + 1), false);
    assert.equal(await backlog.count(T, 'held'), 0);
    const seen = await backlog.seen([one.notification, never.notification]);
    assert.equal(seen.get(one.notification)?.settled, true);
    assert.equal(seen.get(never.notification)?.settled, true);
  },

  'holds what was redelivered after it was released, and does not take it for settled': async ({ backlog }) => {
    const one = waiting();
    await backlog.release(one.notification, AT);
    const again = { ...one, notification: { ...one.notification, redelivered: AT + 5 }, attempts: 2 };
    assert.notEqual((await backlog.seen([again.notification])).get(again.notification)?.settled, true);
    await backlog.hold(again, AT + 6);
    assert.equal(await backlog.count(T, 'held'), 1);
    assert.equal((await backlog.seen([again.notification])).get(again.notification)?.attempts, 2);
    await backlog.release(one.notification, AT + 7);
    assert.equal(await backlog.count(T, 'held'), 1, 'a late message of the life before settles nothing of this one');
    await backlog.release(again.notification, AT + 8);
    assert.equal(await backlog.count(T, 'held'), 0);
  },

  'counts pending notifications for a retry, and what is behind it by trigger': async ({ backlog }) => {
    const [one, other, settled] = [waiting(), waiting({ trigger: 'task.edit' }), waiting()];
    await backlog.hold({ ...one, behind: { [T]: 3, 'task.edit': 1 } }, AT);
    await backlog.hold({ ...other, behind: { 'task.edit': 2 } }, AT);
    await backlog.hold({ ...settled, behind: { [T]: 9 } }, AT);
    await backlog.release(settled.notification, AT);
    const counts = await backlog.retryCounts();
    assert.deepEqual(counts.get(T), { waiting: 1, behind: 3 });
    assert.deepEqual(counts.get('task.edit'), { waiting: 1, behind: 3 });
    assert.deepEqual(counts.get('task.create'), { waiting: 0, behind: 0 });
  },

  'moves what it cannot read out of a backlog': async ({ backlog }, harness) => {
    const list = { S: `${T}#parked` };
    const place = { S: `${'0'.repeat(15)}#${'0'.repeat(40)}#msg_x` };
    await putItem(harness, 'backlog', { list, place, id: { S: 'msg_x' }, message: { S: '{"v":99}' } });
    await backlog.park([waiting()], AT);
    const { parked, unreadable } = await backlog.parked(T, 10);
    assert.equal(parked.length, 1);
    assert.deepEqual(
      unreadable.map(({ failed }) => [failed.id, failed.trigger, failed.attempts]),
      [['msg_x', T, 0]],
    );
    for (const { failed, place, token } of unreadable) {
      await backlog.fail(failed);
      await backlog.dropUnreadable(T, place, token);
    }
    assert.equal(await backlog.count(T, 'parked'), 1);
    assert.deepEqual(
      (await failedOf(backlog, T)).map(({ id }) => id),
      ['msg_x'],
    );
  },

  'parks more than DynamoDB writes at once': async ({ backlog }) => {
    const all = Array.from({ length: 60 }, () => waiting());
    await backlog.park(all, AT);
    assert.deepEqual(idsOf(await backlogOf(backlog, T)).sort(), all.map((one) => one.notification.id).sort());
  },

  'parks two messages of one notification as one': async ({ backlog }) => {
    const one = waiting();
    await backlog.park([one, waiting(), { ...one, attempts: 2 }], AT);
    assert.equal(await backlog.count(T, 'parked'), 2);
  },

  'reads back what was parked': async ({ backlog }) => {
    const one = waiting({ redelivered: 9 }, known);
    await backlog.park([one], AT);
    const [read] = await backlogOf(backlog, T);
    assert.deepEqual({ ...read, ...one, parkedAt: AT }, { ...read });
  },

  'gives a backlog page by page, each item once, in order of the changes': async ({ backlog }) => {
    for (const [trigger, count] of [
      ['task.create', 4],
      ['task.edit', 5],
      ['task.delete', 0],
    ] as const) {
      const all = Array.from({ length: count }, (_, i) => waiting({ trigger, changedAt: AT - i * 1_000 }));
      await backlog.park(all, AT);
      const pages = await pagesOf((next: Place | undefined) => backlog.parked(trigger, 4, next));
      assert.ok(pages.every(({ parked }) => parked.length <= 4));
      assert.deepEqual(idsOf(pages.flatMap(({ parked }) => parked)), idsOf(all as Parked[]).reverse());
    }
  },

  'orders changes of one second by their sequence, as numbers': async ({ backlog }) => {
    const sequences = ['9', '10', '100000000000000000000000000000000000001', '99'];
    const all = sequences.map((sequence) => waiting({ sequence, changedAt: AT }));
    await backlog.park(all, AT);
    const read = (await backlogOf(backlog, T)).map(({ notification }) => notification.sequence);
    assert.deepEqual(read, ['9', '10', '99', '100000000000000000000000000000000000001']);
  },

  'gives and counts a backlog of over 1 MB': async ({ backlog }) => {
    const formattedString = `?AccountID=${'a'.repeat(150_000)}`;
    const all = Array.from({ length: 16 }, () => waiting({ formattedString }));
    for (const one of all) await backlog.park([one], AT);
    assert.equal(await backlog.count(T, 'parked'), 16);
    const enough = await backlog.count(T, 'parked', 3);
    assert.ok(enough >= 3 && enough < 16, `${enough} counted`);
    assert.equal((await backlogOf(backlog, T)).length, 16);
  },

  'takes out of a backlog what was read there': async ({ backlog }) => {
    await backlog.park([waiting(), waiting()], AT);
    const [first, second] = (await backlogOf(backlog, T)) as [Parked, Parked];
    await backlog.unpark(first);
    assert.deepEqual(idsOf(await backlogOf(backlog, T)), [second.notification.id]);
  },

  'leaves in a backlog what was parked anew since it was read': async ({ backlog }) => {
    const one = waiting();
    await backlog.park([one], AT);
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.park([one], AT + 5);
    await backlog.unpark(read);
    await backlog.keepParked({ ...read, attempts: 7 }, AT + 6);
    const [left] = await backlogOf(backlog, T);
    assert.deepEqual([left?.parkedAt, left?.attempts], [AT + 5, 1]);
  },

  'keeps the result of attempts at a parked notification, in its place': async ({ backlog }) => {
    await backlog.park([waiting()], AT);
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.keepParked({ ...read, ...known }, AT + 9);
    const [kept] = (await backlogOf(backlog, T)) as [Parked];
    assert.deepEqual({ ...kept, ...known, parkedAt: AT }, { ...kept });
    await backlog.keepParked({ ...kept, attempts: 4 }, AT + 10);
    const [again] = (await backlogOf(backlog, T)) as [Parked];
    assert.equal(again.attempts, 4);
    await backlog.unpark(again);
    assert.equal(await backlog.count(T, 'parked'), 0);
  },

  'does not put back into a backlog what was taken out meanwhile': async ({ backlog }) => {
    await backlog.park([waiting()], AT);
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.unpark(read);
    await backlog.keepParked({ ...read, attempts: 2 }, AT);
    assert.equal(await backlog.count(T, 'parked'), 0);
  },

  'reads back what failed, with and without notification': async ({ backlog }) => {
    const { notification: _, ...unformatted } = failed({
      trigger: 'task.edit',
      keys: { TaskID: { S: 't' } },
      attempts: 0,
    });
    const all = [failed(), unformatted];
    for (const one of all) await backlog.fail(one);
    for (const one of all) {
      const [read] = await failedOf(backlog, one.trigger);
      assert.deepEqual({ ...read, ...one }, { ...read });
    }
    assert.equal((await failedOf(backlog, 'task.edit'))[0]?.notification, undefined);
  },

  'gives Failed page by page, each once, the oldest change first': async ({ backlog }) => {
    const all = Array.from({ length: 9 }, (_, i) => failed({ changedAt: AT + i }));
    for (const one of [...all].reverse()) await backlog.fail(one);
    for (const limit of [8, 9, 10, 3]) {
      const pages: { failed: Failed[] }[] = await pagesOf((next: Place | undefined) => backlog.failed(T, limit, next));
      assert.ok(pages.every((page) => page.failed.length <= limit));
      assert.deepEqual(
        pages.flatMap((page) => page.failed.map(({ id }) => id)),
        all.map(({ id }) => id),
      );
    }
    assert.equal(await backlog.count(T, 'failed'), 9);
  },

  'forgets what failed and was read there': async ({ backlog }) => {
    const [one, other] = [failed({ changedAt: AT }), failed({ changedAt: AT + 1 })];
    for (const each of [one, other]) await backlog.fail(each);
    const [read] = await failedOf(backlog, T);
    assert.ok(read);
    await backlog.forget(read);
    await backlog.forget(read);
    assert.deepEqual(
      (await failedOf(backlog, T)).map(({ id }) => id),
      [other.id],
    );
  },

  'does not forget what failed once more since it was read': async ({ backlog }) => {
    const one = failed();
    await backlog.fail(one);
    const [read] = await failedOf(backlog, T);
    assert.ok(read);
    // Also within the same millisecond.
    await backlog.fail({ ...one, reason: 'no URL is set' });
    await backlog.forget(read);
    assert.deepEqual(
      (await failedOf(backlog, T)).map(({ reason }) => reason),
      ['no URL is set'],
    );
  },

  'keeps the lists of each trigger apart': async ({ backlog }) => {
    for (const trigger of allTriggers) {
      await backlog.hold(waiting({ trigger }), AT);
      await backlog.park([waiting({ trigger })], AT);
      await backlog.fail(failed({ trigger }));
    }
    for (const trigger of allTriggers)
      for (const list of ['held', 'parked', 'failed'] as const) assert.equal(await backlog.count(trigger, list), 1);
  },

  'gives the result of a test once it is there': async ({ backlog }) => {
    const [sent, other] = [notification({ test: true }), notification({ test: true })];
    const result = { delivered: true, response: 'HTTP 200', milliseconds: 12, body: 'thanks' };
    assert.equal(await backlog.testResult(sent), undefined);
    await backlog.putTestResult(sent, result, AT);
    assert.deepEqual(await backlog.testResult(sent), result);
    assert.equal(await backlog.testResult(other), undefined);
  },

  'comes to the same when the responds to its writes were lost': async ({ backlog }, harness) => {
    const losing = storesOf(harness, losingResponses(harness.client)).backlog;
    const one = waiting();
    assert.equal(await losing.hold(one, AT), true);
    assert.equal(await backlog.count(T, 'held'), 1);
    await losing.release(one.notification, AT);
    assert.equal(await backlog.count(T, 'held'), 0);
    await losing.park([one], AT);
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await losing.keepParked({ ...read, attempts: 8 }, AT);
    const [kept] = (await backlogOf(backlog, T)) as [Parked];
    assert.equal(kept.attempts, 8);
    await losing.unpark(kept);
    assert.equal(await backlog.count(T, 'parked'), 0);
    await losing.fail(failed());
    const [gone] = await failedOf(backlog, T);
    assert.ok(gone);
    await losing.forget(gone);
    assert.equal(await backlog.count(T, 'failed'), 0);
  },

  'gives every item its time to live': async (stores, harness) => {
    const days = async (write: () => Promise<unknown>) => {
      const all = async () => [...(await itemsOf(harness, 'backlog')), ...(await itemsOf(harness, 'audit'))];
      const before = new Set((await all()).map(({ list, place }) => `${list?.S} ${place?.S}`));
      await write();
      const fresh = (await all()).filter(({ list, place }) => !before.has(`${list?.S} ${place?.S}`));
      assert.equal(fresh.length, 1);
      return (Number(fresh[0]?.expiresAt?.N) - AT / 1000) / DAY;
    };
    const { backlog } = stores;
    assert.equal(await days(() => backlog.hold(waiting(), AT)), 14);
    assert.equal(await days(() => backlog.park([waiting()], AT)), 30);
    assert.equal(await days(() => backlog.fail(failed({ failedAt: AT }))), 30);
    const result = { delivered: true, response: '', milliseconds: 1, body: '' };
    assert.equal(await days(() => backlog.putTestResult(notification({ test: true }), result, AT)), 1);
    const entry = { at: AT, who: 'ada', what: 'url', trigger: T, from: null, to: null } as const;
    assert.equal(await days(() => stores.history.add(entry)), 365);
    const counted = notification({ changedAt: AT + 10_000 });
    assert.equal(await days(() => stores.counts(5, 40).overLimit([counted])), 1 + 40 / DAY);
    const released = waiting();
    await backlog.hold(released, AT);
    await backlog.release(released.notification, AT);
    for (const { expiresAt } of await itemsOf(harness, 'backlog')) assert.ok(Number(expiresAt?.N) > AT / 1000);
  },

  'keeps a mark of what is settled no longer than it is needed': async ({ backlog }, harness) => {
    const one = waiting();
    await backlog.hold(one, AT);
    await backlog.release(one.notification, AT);
    for (const { expiresAt } of await itemsOf(harness, 'backlog'))
      assert.ok(Number(expiresAt?.N) - AT / 1000 <= DAY, 'a day');
  },
};
