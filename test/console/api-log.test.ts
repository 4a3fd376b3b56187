import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedNotification, servedApi } from './served-api.ts';

test('returns the log by filters, in pages', async () => {
  await using api = await servedApi();
  const entry = { trigger: 'task.edit', formattedString: '?AccountID=a', attempt: 1, milliseconds: 5 } as const;
  await api.log.write([
    { ...entry, at: 1, id: 'msg_1', outcome: 'failed', response: 'HTTP 500' },
    { ...entry, at: 2, id: 'msg_1', outcome: 'delivered', response: 'HTTP 200', attempt: 2 },
  ]);
  await api.log.write([
    { ...entry, at: 0, id: 'msg_0', trigger: 'case.edit', outcome: 'throttled', response: 'HTTP 429' },
  ]);
  const { json } = await api.request('GET', '/log?trigger=task.edit&limit=1');
  assert.equal(json.entries[0].attempt, 2);
  assert.equal((await api.request('GET', `/log?limit=1&next=${json.next}`)).json.entries[0].attempt, 1);
  assert.equal((await api.request('GET', '/log?outcome=gone')).json.entries.length, 0);
  const { entries } = (await api.request('GET', '/log?outcome=retry')).json;
  assert.deepEqual(
    entries.map(({ outcome }: { outcome: string }) => outcome),
    ['failed', 'throttled'],
    'the alias of release 0.2.0',
  );
  assert.equal(
    (await api.request('GET', '/log?trigger=task.edit&id=a')).json.entries.length,
    2,
    'an ID of a CRM record',
  );
  assert.equal((await api.request('GET', '/log?outcome=fine')).status, 400);
});

test('fills a page of the log with several reads, and rejects an invalid next', async () => {
  const entry = { at: 1, trigger: 'task.edit', id: 'msg_1', formattedString: '?AccountID=a' } as const;
  const attempted = { ...entry, attempt: 1, outcome: 'failed', response: 'HTTP 500', milliseconds: 1 } as const;
  let reads = 0;
  const log = {
    async read(_: unknown, limit: number, next?: string) {
      if (next === 'nonsense') throw new RangeError();
      return { entries: ++reads % 2 === 0 ? [attempted].slice(0, limit) : [], next: 'on' };
    },
  };
  await using api = await servedApi({ log });
  const { json } = await api.request('GET', '/log?limit=3');
  assert.deepEqual([json.entries.length, json.next, reads], [3, 'on', 6]);
  assert.equal((await api.request('GET', '/log?limit=100')).json.entries.length, 5, 'ten reads at most');
  assert.equal((await api.request('GET', '/log?next=nonsense')).status, 422);
});

test('finds attempts that started in a range of time, also those that were written later', async () => {
  await using api = await servedApi();
  const now = Date.now();
  const entry = { trigger: 'task.edit', formattedString: '?AccountID=a', attempt: 1, milliseconds: 5 } as const;
  const hour = 60 * 60_000;
  for (const hours of [0, 1, 2, 3])
    await api.log.write([{ ...entry, at: now - hours * hour, id: `msg_${hours}`, outcome: 'failed', response: 'x' }]);
  const ids = async (query: string) =>
    (await api.request('GET', `/log?${query}`)).json.entries.map(({ id }: { id: string }) => id);
  assert.deepEqual(await ids(`until=${now}`), ['msg_0', 'msg_1', 'msg_2', 'msg_3']);
  assert.deepEqual(await ids(`until=${now - hour}`), [], 'a write is not more than 16 minutes later than its attempts');
  assert.deepEqual(await ids(`since=${now - hour}&until=${now}`), ['msg_0', 'msg_1']);
});

test('gave-up finds only the last attempts of notifications in Failed', async () => {
  await using api = await servedApi();
  const failed = failedNotification({ trigger: 'task.edit' });
  await api.backlog.fail(failed);
  const entry = { trigger: 'task.edit', formattedString: '?AccountID=a', outcome: 'failed', milliseconds: 5 } as const;
  const attempts = [1, 2, 3, 4, 5].map((attempt) => ({ ...entry, attempt, at: attempt, id: failed.id, response: 'x' }));
  await api.log.write([...attempts, { ...entry, attempt: 5, at: 9, id: 'msg_pending', response: 'x' }]);
  const { json } = await api.request('GET', '/log?outcome=gave-up&limit=1');
  assert.deepEqual(
    json.entries.map(({ id, attempt, outcome }: Record<string, unknown>) => [id, attempt, outcome]),
    [[failed.id, 5, 'gave-up']],
  );
});

test('a search that takes long returns what it found, and where to continue', async (t) => {
  let now = Date.now();
  let reads = 0;
  const log = {
    async read() {
      reads++;
      now += 600;
      return { entries: [], next: 'on' };
    },
  };
  await using api = await servedApi({ log });
  t.mock.method(Date, 'now', () => now);
  const { json } = await api.request('GET', '/log?id=rare');
  assert.deepEqual([json.entries.length, json.next, reads], [0, 'on', 1]);
});
