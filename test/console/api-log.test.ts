import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servedApi } from './served-api.ts';

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
