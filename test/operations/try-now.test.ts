import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooOld, PENDING_MS } from '../../functions/core/breaker.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { tryNow } from '../../functions/operations/try-now.ts';
import { adminWorld } from '../support/admin-world.ts';
import { notification } from '../support/records.ts';

test('tries a parked trigger now, wakes drain, and adds it to the history', async () => {
  let woken = 0;
  const { deps, triggersTable, history } = adminWorld({ startDrain: async () => void woken++ });
  const later = Date.now() + 3_600_000;
  await triggersTable.move('task.edit', 'park', { parkedBecause: 'HTTP 503', probeAt: later, probeDelay: 3_600_000 });
  await tryNow(deps, 'task.edit');
  const { probeAt = later, parkedBecause } = triggersTable.items.get('task.edit') ?? {};
  assert.ok(probeAt <= Date.now(), 'the next attempt is due');
  assert.equal(parkedBecause, 'HTTP 503');
  assert.equal(woken, 1);
  assert.partialDeepStrictEqual(history.entries[0], { what: 'state', from: 'parked', to: 'next try now' });
});

test('rejects to try a trigger now that is not parked', async () => {
  const { deps, history } = adminWorld();
  await assert.rejects(tryNow(deps, 'task.edit'), { name: 'UserError', message: /^task\.edit is not parked\. Fix: / });
  assert.equal(history.entries.length, 0);
});

test('the status has the next attempt of a parked trigger, and when its oldest notification moves to Failed', async () => {
  const { deps, triggersTable, backlog } = adminWorld();
  await triggersTable.move('task.edit', 'park', { parkedBecause: 'HTTP 503', probeAt: 99, probeDelay: 30_000 });
  const changedAt = 1_760_000_000_000;
  const attempted = { attempts: 1, firstAttempt: 1, response: 'HTTP 503', nextTry: 1 };
  const ages = [changedAt + 5, changedAt];
  await backlog.park(
    ages.map((changedAt) => ({ notification: notification({ trigger: 'task.edit', changedAt }), ...attempted })),
    1,
  );
  const statuses = await list(deps);
  const parked = statuses.find(({ trigger }) => trigger === 'task.edit');
  assert.deepEqual([parked?.nextTryAt, parked?.keptUntil], [99, changedAt + PENDING_MS]);
  const other = statuses.find(({ trigger }) => trigger === 'case.edit');
  assert.deepEqual([other?.nextTryAt, other?.keptUntil], [null, null]);
  assert.equal(isTooOld({ changedAt }, changedAt + PENDING_MS), false);
  assert.equal(isTooOld({ changedAt }, changedAt + PENDING_MS + 1), true);
});
