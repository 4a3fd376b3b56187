import assert from 'node:assert/strict';
import type { Notification } from '../../functions/core/notification.ts';
import { notification } from '../support/records.ts';
import { AT, known, T } from './backlog-samples.ts';
import type { Cases } from './conformance.ts';
import { waiting } from './harness.ts';

export const pendingCases: Cases = {
  'returns the state of a notification that waits for a retry, and of no other': async ({ backlog }) => {
    const [first, other] = [waiting({}, known), notification()];
    await backlog.hold(first, AT);
    const seen = await backlog.seen([first.notification, other]);
    const found = seen.get(first.notification);
    assert.deepEqual({ ...found, ...known }, { ...found });
    assert.ok(!found?.parked);
    assert.equal(seen.get(other), undefined);
    assert.equal(found?.alone, undefined);
    const alone = { receives: 4, nextReceive: AT };
    await backlog.hold({ ...first, attempts: 4, alone }, AT);
    const again = (await backlog.seen([first.notification])).get(first.notification);
    assert.deepEqual([again?.attempts, again?.alone], [4, alone]);
    assert.equal(await backlog.count(T, 'held'), 1);
  },

  'returns the state of a notification in a backlog': async ({ backlog }) => {
    const parked = waiting({}, known);
    await backlog.hold({ ...parked, attempts: 1 }, AT);
    await backlog.park([parked], AT);
    const found = (await backlog.seen([parked.notification])).get(parked.notification);
    assert.ok(found?.parked);
    assert.equal(found.attempts, 3);
  },

  'returns what notifications that were merged left to one that waits for a retry or in a backlog': async ({
    backlog,
  }) => {
    const merged = { coalesced: 5, oldestAt: 7 };
    const [retried, parked] = [waiting(), waiting()];
    await backlog.hold({ ...retried, notification: { ...retried.notification, ...merged } }, AT);
    await backlog.park([{ ...parked, notification: { ...parked.notification, ...merged } }], AT);
    const seen = await backlog.seen([retried.notification, parked.notification]);
    for (const { notification } of [retried, parked])
      assert.deepEqual(seen.get(notification)?.notification, { ...notification, ...merged });
    assert.deepEqual((await backlog.parked(T, 10)).parked[0]?.notification, { ...parked.notification, ...merged });
  },

  'marks over 25 merged notifications as settled': async ({ backlog }) => {
    const all = Array.from({ length: 30 }, () => notification());
    await backlog.markMerged(all, notification(), AT);
    const seen = await backlog.seen(all);
    assert.ok(all.every((one) => seen.get(one)?.settled));
    assert.equal(await backlog.count(T, 'held'), 0);
  },

  'finds merged notifications in a backlog, but not in their later life': async ({ backlog }) => {
    const into = notification();
    const [merged, redelivered, settled, other] = [waiting(), waiting(), waiting(), waiting()];
    await backlog.markMerged([merged.notification, redelivered.notification], into, AT);
    await backlog.release(settled.notification, AT);
    const again = { ...redelivered, notification: { ...redelivered.notification, redelivered: AT } };
    await backlog.park([{ ...merged, isShared: true }, again, settled, other], AT);
    const { parked } = await backlog.parked(T, 10);
    assert.deepEqual(
      parked.filter(({ isShared }) => isShared).map(({ notification }) => notification.id),
      [merged.notification.id],
    );
    const found = await backlog.merged(parked);
    assert.deepEqual(
      [...found].map(([{ notification }, id]) => [notification.id, id]),
      [[merged.notification.id, into.id]],
    );
    assert.equal((await backlog.merged([])).size, 0);
  },

  'keeps the mark of a merged notification when another function marks it as settled, but not in its later life':
    async ({ backlog }) => {
      const one = waiting();
      await backlog.markMerged([one.notification], notification(), AT);
      await backlog.release(one.notification, AT);
      await backlog.park([one], AT);
      assert.equal((await backlog.merged((await backlog.parked(T, 1)).parked)).size, 1);
      await backlog.release({ ...one.notification, redelivered: AT }, AT);
      assert.equal((await backlog.merged((await backlog.parked(T, 1)).parked)).size, 0);
    },

  'reads over 100 keys': async ({ backlog }) => {
    const all = Array.from({ length: 120 }, () => waiting());
    await backlog.park(all.slice(0, 60), AT);
    for (const one of all.slice(60)) await backlog.hold(one, AT);
    const seen = await backlog.seen(all.map((one) => one.notification));
    for (const [i, one] of all.entries()) assert.equal(Boolean(seen.get(one.notification)?.parked), i < 60);
  },

  'reads the state for two messages of one notification': async ({ backlog }) => {
    const one = waiting();
    const twin: Notification = { ...one.notification, redelivered: AT };
    await backlog.hold(one, AT);
    const seen = await backlog.seen([one.notification, { ...one.notification }, twin]);
    assert.equal(seen.get(one.notification)?.attempts, 1);
  },

  'does not count released notifications as waiting': async ({ backlog }) => {
    const [one, other] = [waiting(), waiting()];
    await backlog.hold(one, AT);
    await backlog.hold(other, AT);
    await backlog.release(one.notification, AT);
    assert.equal(await backlog.count(T, 'held'), 1);
    await backlog.release(notification(), AT);
    assert.equal(await backlog.count(T, 'held'), 1);
  },

  'stores no retry for a notification that another function has settled, in either order': async ({ backlog }) => {
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

  'holds a redelivered notification, although its earlier life was settled': async ({ backlog }) => {
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

  'counts the notifications that wait for a retry, and those behind them, by trigger': async ({ backlog }) => {
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
};
