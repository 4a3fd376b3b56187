import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedNotification, servedApi } from './served-api.ts';

test('records each change in the history: who, when, the old and the new value, and no secrets', async () => {
  await using api = await servedApi();
  await api.setUrl('https://ada:MARKER-pw@example.com/1', 0);
  await api.request('DELETE', '/triggers/task.edit/url', undefined, { 'if-match': '"1"' });
  await api.setUrl('https://example.com/2', 2);
  await api.request('POST', '/triggers/task.edit/pause');
  // Resume and redelivery need a URL.
  await api.triggersTable.writeUrl('task.edit', 'https://example.com/2', Date.now());
  await api.request('POST', '/triggers/task.edit/resume');
  const { json: secret } = await api.request('POST', '/triggers/task.edit/secret');
  await api.request('PUT', '/triggers/task.edit/headers/X-Token', { value: 'MARKER-value' });
  await api.request('DELETE', '/triggers/task.edit/headers/X-Token');
  await api.backlog.fail(failedNotification({ trigger: 'task.edit' }));
  await api.request('POST', '/redeliver', { all: true, confirmed: true });
  const { json } = await api.request('GET', '/history');
  type Entry = { at: number; who: string; what: string; from: string | null; to: string | null };
  assert.deepEqual(json.entries.map(({ what, from, to }: Entry) => [what, from, to]).reverse(), [
    ['url', null, 'https://ada:***@example.com/1'],
    ['url', 'https://ada:***@example.com/1', null],
    ['url', null, 'https://example.com/2'],
    ['state', 'active', 'paused'],
    ['state', 'paused', 'draining'],
    ['secret', null, 'a new one'],
    ['header', null, 'x-token'],
    ['header', 'x-token', null],
    ['redelivered', null, '1 sent again'],
  ]);
  assert.ok(json.entries.every(({ who, at }: Entry) => who === 'ada' && Date.now() - at < 60_000));
  assert.doesNotMatch(JSON.stringify(json), /MARKER/);
  assert.ok(!JSON.stringify(json).includes(secret.secret));
});
