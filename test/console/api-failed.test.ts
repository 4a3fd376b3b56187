import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { notification } from '../support/records.ts';
import { failedNotification, servedApi } from './served-api.ts';

test('lists failed notifications by trigger and redelivers them only with confirmed', async () => {
  await using api = await servedApi();
  await api.setUrl('https://example.com/', 0);
  const [one, two] = [failedNotification({ trigger: 'task.edit' }), failedNotification({ trigger: 'case.create' })];
  for (const failed of [one, two]) await api.backlog.fail(failed);
  await api.triggersTable.writeUrl('task.edit', 'https://example.com/', Date.now());
  const { json: shown } = await api.request('GET', '/failed?trigger=case.create');
  assert.equal(shown.total, 1);
  assert.partialDeepStrictEqual(shown.failed[0], { id: two.id, reason: 'HTTP 404', attempts: 5, keys: null });
  const { json: plan } = await api.request('POST', '/redeliver', { ids: [one.id] });
  assert.deepEqual(plan, { confirmed: false, chosen: [{ id: one.id, trigger: 'task.edit' }] });
  assert.equal(api.sent.length, 0);
  const { json: result } = await api.request('POST', '/redeliver', { ids: [one.id], confirmed: true });
  assert.equal(result.confirmed, true);
  assert.deepEqual(
    api.sent.map(({ id }) => id),
    [one.id],
  );
  assert.equal((await api.request('GET', '/failed')).json.total, 1);
});

test('clearing a URL returns the number of pending notifications; resume and redelivery then need a URL', async () => {
  await using api = await servedApi();
  await api.setUrl('https://example.com/', 0);
  const parked = { attempts: 0, firstAttempt: 0, response: '', nextTry: 0 };
  await api.backlog.park([{ ...parked, notification: notification({ trigger: 'task.edit' }) }], 1);
  await api.request('POST', '/triggers/task.edit/pause');
  const cleared = await api.request('DELETE', '/triggers/task.edit/url', undefined, { 'if-match': '"1"' });
  assert.deepEqual(cleared.json, { trigger: 'task.edit', url: null, version: 2, pending: 1 });
  const resumed = await api.request('POST', '/triggers/task.edit/resume');
  assert.equal(resumed.status, 409);
  assert.match(resumed.json.error, /^task\.edit cannot be resumed: no URL is set for task\.edit\. To fix this, /);
  const one = failedNotification({ trigger: 'task.edit' });
  await api.backlog.fail(one);
  for (const confirmed of [false, true]) {
    const { json } = await api.request('POST', '/redeliver', { ids: [one.id], confirmed });
    assert.match(json.chosen[0].rejected, /^no URL is set for task\.edit\. To fix this, /);
  }
  assert.equal((await api.request('GET', '/failed')).json.total, 1);
});

test('lists failed notifications with a few reads, however many there are', async () => {
  await using api = await servedApi();
  for (let n = 0; n < 300; n++)
    await api.backlog.fail(
      failedNotification({ id: `msg_${String(n).padStart(32, '0')}`, changedAt: 1_760_000_000_000 + n }),
    );
  const reads = mock.method(api.backlog, 'failed');
  const { json } = await api.request('GET', '/failed?limit=1');
  assert.equal(json.failed[0].id, `msg_${'299'.padStart(32, '0')}`, 'the newest');
  assert.equal(json.total, 300);
  const rows = await Promise.all(reads.mock.calls.map(({ result }) => result));
  assert.ok(rows.reduce((sum, page) => sum + (page?.failed.length ?? 0), 0) <= 1);
});

test('finds failed notifications by the ID of a record and by time, and pages through them with a total', async () => {
  await using api = await servedApi();
  const add = (n: number, formattedString: string) =>
    api.backlog.fail({
      ...failedNotification({ trigger: 'task.edit', formattedString, changedAt: 1_760_000_000_000 + n }),
      failedAt: n,
    });
  for (let n = 1; n <= 5; n++) await add(n, `?AccountID=a%20${n}&TaskID=t${n}`);
  const found = async (query: string) => {
    const { json } = await api.request('GET', `/failed?${query}`);
    const times = json.failed.map(({ failedAt }: { failedAt: number }) => failedAt);
    return [times, json.total, json.isMinimum];
  };
  assert.deepEqual(await found('id=t3'), [[3], 1, false]);
  assert.deepEqual(await found('id=a%204'), [[4], 1, false], 'also percent-encoded');
  assert.deepEqual(await found('since=2&until=4'), [[4, 3, 2], 3, false]);
  assert.deepEqual(await found('offset=2&limit=2'), [[3, 2], 5, false]);
});

test('reads a bounded part of Failed for each search, however many notifications are in it', async () => {
  await using api = await servedApi();
  const all = 12_000;
  for (let n = 0; n < all; n++)
    await api.backlog.fail(failedNotification({ id: `msg_${String(n).padStart(32, '0')}`, changedAt: n }));
  const reads = mock.method(api.backlog, 'failed');
  // Ten pages of the limit, at most.
  for (const [path, most] of [
    ['/failed?limit=1', 1],
    ['/failed?limit=1000', 1_000],
    ['/failed?id=nothing', 2_000],
    ['/failed?id=nothing&limit=1', 10],
    ['/failed?until=1&limit=1', 10],
    ['/log?outcome=gave-up&id=nothing', 1_000],
    ['/history?limit=1', 0],
    ['/triggers', 11],
    ['/export', 0],
  ] as const) {
    reads.mock.resetCalls();
    assert.equal((await api.request('GET', path)).status, 200);
    const pages = await Promise.all(reads.mock.calls.map(({ result }) => result));
    const read = pages.reduce((sum, page) => sum + (page?.failed.length ?? 0), 0);
    assert.ok(read <= most, `${path} reads ${read} of ${all}`);
  }
  assert.equal((await api.request('GET', '/failed?offset=10000')).status, 400, 'a larger part');
});
