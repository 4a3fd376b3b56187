import assert from 'node:assert/strict';
import type { Failed, Parked } from '../../functions/adapters/backlog-items.ts';
import type { Place } from '../../functions/adapters/table.ts';
import { triggers as allTriggers } from '../../functions/core/entity.ts';
import { notification } from '../support/records.ts';
import { AT, T } from './backlog-samples.ts';
import { losingResponses } from './clients.ts';
import type { Cases } from './conformance.ts';
import { backlogOf, failed, failedOf, itemsOf, pagesOf, storesOf, waiting } from './harness.ts';

const DAY = 24 * 60 * 60;

export const failedCases: Cases = {
  'reads failed entries back, with and without a notification': async ({ backlog }) => {
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

  'returns Failed in pages, each entry once, the oldest change first': async ({ backlog }) => {
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
    const { next } = await backlog.failed(T, 4, undefined, true);
    assert.ok(next);
    assert.equal(await backlog.count(T, 'failed', 100, next), 5);
  },

  'removes a failed entry that was read': async ({ backlog }) => {
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

  'does not remove an entry that failed again after it was read': async ({ backlog }) => {
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

  'returns the result of a test call after it is stored': async ({ backlog }) => {
    const [sent, other] = [notification({ test: true }), notification({ test: true })];
    const result = { delivered: true, response: 'HTTP 200', milliseconds: 12, body: 'thanks' };
    assert.equal(await backlog.testResult(sent), undefined);
    await backlog.putTestResult(sent, result, AT);
    assert.deepEqual(await backlog.testResult(sent), result);
    assert.equal(await backlog.testResult(other), undefined);
  },

  'has the same result if the responses to its writes are lost': async ({ backlog }, harness) => {
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

  'each item has a time to live': async (stores, harness) => {
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

  'stores the mark of a settled notification for a limited time': async ({ backlog }, harness) => {
    const one = waiting();
    await backlog.hold(one, AT);
    await backlog.release(one.notification, AT);
    for (const { expiresAt } of await itemsOf(harness, 'backlog'))
      assert.ok(Number(expiresAt?.N) - AT / 1000 <= DAY, 'a day');
  },
};
