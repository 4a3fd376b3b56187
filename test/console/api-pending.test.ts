import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notification } from '../support/records.ts';
import { servedApi } from './served-api.ts';

const tried = { attempts: 2, firstAttempt: 1, response: 'HTTP 503', nextTry: 1_795_416_200_000 };

test('returns where a notification is pending, and when it is attempted next', async () => {
  await using api = await servedApi();
  const [queued, parked, settled, other] = [1, 2, 3, 4].map(() => notification({ trigger: 'task.edit' }));
  assert.ok(queued && parked && settled && other);
  await api.backlog.hold({ notification: queued, ...tried }, 1);
  await api.backlog.park([{ notification: parked, ...tried, nextTry: 5 }], 1);
  await api.backlog.release(settled, Date.now());
  const pendingOf = async (id: string) =>
    (await api.request('GET', `/triggers/task.edit/pending?id=${id}`)).json.pending;
  assert.deepEqual(await pendingOf(queued.id), { place: 'queue', attempts: 2, nextTryAt: tried.nextTry });
  assert.deepEqual(await pendingOf(parked.id), { place: 'backlog', attempts: 2, nextTryAt: 5 });
  assert.equal(await pendingOf(settled.id), null, 'the mark of a settled notification');
  assert.equal(await pendingOf(other.id), null);
  assert.equal((await api.request('GET', '/triggers/task.edit/pending')).status, 400);
});

test('counts the attempts that match', async () => {
  await using api = await servedApi();
  const now = Date.now();
  const entry = { trigger: 'task.edit', attempt: 1, milliseconds: 5, outcome: 'delivered', response: 'x' } as const;
  await api.log.write(
    [1, 2, 3].map((n) => ({ ...entry, at: now - n * 1000, id: `msg_${n}`, formattedString: `?AccountID=a${n}` })),
  );
  assert.deepEqual((await api.request('GET', '/log/count')).json, { count: 3, isMinimum: false });
  assert.equal((await api.request('GET', '/log/count?id=a2')).json.count, 1);
  assert.equal((await api.request('GET', '/log/count?trigger=case.edit')).json.count, 0);
  assert.equal((await api.request('GET', `/log/count?until=${now - 2000}`)).json.count, 2);
});
