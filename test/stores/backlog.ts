import assert from 'node:assert/strict';
import type { Parked } from '../../functions/adapters/backlog-items.ts';
import type { Place } from '../../functions/adapters/table.ts';
import { AT, known, T } from './backlog-samples.ts';
import type { Cases } from './conformance.ts';
import { backlogOf, failedOf, pagesOf, putItem, waiting } from './harness.ts';

const idsOf = (parked: readonly Parked[]) => parked.map(({ notification: { id } }) => id);

export const backlogCases: Cases = {
  'removes unreadable items from a backlog': async ({ backlog }, harness) => {
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

  'parks more notifications than one batch write accepts': async ({ backlog }) => {
    const all = Array.from({ length: 60 }, () => waiting());
    await backlog.park(all, AT);
    assert.deepEqual(idsOf(await backlogOf(backlog, T)).sort(), all.map((one) => one.notification.id).sort());
  },

  'parks two messages of one notification as one': async ({ backlog }) => {
    const one = waiting();
    await backlog.park([one, waiting(), { ...one, attempts: 2 }], AT);
    assert.equal(await backlog.count(T, 'parked'), 2);
  },

  'reads parked notifications back': async ({ backlog }) => {
    const one = waiting({ redelivered: 9 }, known);
    await backlog.park([one], AT);
    const [read] = await backlogOf(backlog, T);
    assert.deepEqual({ ...read, ...one, parkedAt: AT }, { ...read });
  },

  'returns a backlog in pages, each item once, in the order of the changes': async ({ backlog }) => {
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

  'returns and counts a backlog of over 1 MB': async ({ backlog }) => {
    const formattedString = `?AccountID=${'a'.repeat(150_000)}`;
    const all = Array.from({ length: 16 }, () => waiting({ formattedString }));
    for (const one of all) await backlog.park([one], AT);
    assert.equal(await backlog.count(T, 'parked'), 16);
    const enough = await backlog.count(T, 'parked', 3);
    assert.ok(enough >= 3 && enough < 16, `${enough} counted`);
    assert.equal((await backlogOf(backlog, T)).length, 16);
  },

  'removes an item that was read from a backlog': async ({ backlog }) => {
    await backlog.park([waiting(), waiting()], AT);
    const [first, second] = (await backlogOf(backlog, T)) as [Parked, Parked];
    await backlog.unpark(first);
    assert.deepEqual(idsOf(await backlogOf(backlog, T)), [second.notification.id]);
  },

  'does not remove an item that was parked again after it was read': async ({ backlog }) => {
    const one = waiting();
    await backlog.park([one], AT);
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.park([one], AT + 5);
    await backlog.unpark(read);
    await backlog.keepParked({ ...read, attempts: 7 }, AT + 6);
    const [left] = await backlogOf(backlog, T);
    assert.deepEqual([left?.parkedAt, left?.attempts], [AT + 5, 1]);
  },

  'stores the results of attempts at a parked notification under the same key': async ({ backlog }) => {
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

  'does not store a result for an item that was removed meanwhile': async ({ backlog }) => {
    await backlog.park([waiting()], AT);
    const [read] = (await backlogOf(backlog, T)) as [Parked];
    await backlog.unpark(read);
    await backlog.keepParked({ ...read, attempts: 2 }, AT);
    assert.equal(await backlog.count(T, 'parked'), 0);
  },
};
