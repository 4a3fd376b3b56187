import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DEAD_LETTERS, QUEUE } from '../support/admin-world.ts';
import { servedApi } from './served-api.ts';

test('lists dead letters, and sends them back', async () => {
  await using api = await servedApi();
  for (const record of ['a', 'b']) api.queues.add(DEAD_LETTERS, record, `body of ${record}`);
  const { json } = await api.request('GET', '/dead-letters');
  assert.deepEqual([json.deadLetters.length, json.notShown], [2, 0]);
  assert.match(json.deadLetters[0].reason, /received too often/);
  assert.doesNotMatch(JSON.stringify(json), /body of/, 'no content of a message');
  const back = (await api.request('POST', '/dead-letters/send-back')).json;
  assert.deepEqual([back.sentBack.length, back.left], [2, 0]);
  assert.deepEqual(
    api.queues.messages(QUEUE).map(({ body }) => body),
    ['body of a', 'body of b'],
  );
  assert.partialDeepStrictEqual(api.history.entries[0], { what: 'dead-letters', to: '2 sent back' });
});

test('a backfill in parts sends each row once, at its pace, and is one entry of the history', async () => {
  await using api = await servedApi();
  await api.setUrl('https://example.com/', 0);
  for (let n = 0; n < 250; n++)
    api.crm.put('Tasks', marshall({ AccountID: `a${n}`, TaskID: `t${n}`, updatedAt: n < 100 ? '2026-01' : '2026-02' }));
  const path = '/triggers/task.edit/backfill';
  const counted = (await api.request('POST', path, { dryRun: true })).json;
  assert.deepEqual([counted.sent, counted.done, api.sent.length], [250, true, 0]);
  const later = (await api.request('POST', path, { dryRun: true, since: '2026-02' })).json;
  assert.equal(later.sent, 150);
  let part = (await api.request('POST', path, { pace: 10 })).json;
  assert.deepEqual([part.sent, part.done], [100, false], 'a page of rows takes ten seconds at this pace');
  assert.ok(part.pauseMs > 5_000 && part.pauseMs <= 10_000, `${part.pauseMs}`);
  for (let parts = 0; !part.done && parts < 5; parts++) {
    const { run, sent, skipped, after } = part;
    part = (await api.request('POST', path, { run, sent, skipped, after, pace: 10 })).json;
  }
  assert.deepEqual([part.sent, part.skipped, part.done, part.pauseMs], [250, 0, true, 0]);
  assert.equal(new Set(api.sent.map(({ id }) => id)).size, 250);
  assert.deepEqual(
    api.history.entries.filter(({ what }) => what === 'backfill').map(({ to }) => to),
    ['started'],
  );
});

test('rejects a backfill of a delete, without a URL, and with a wrong pace or key', async () => {
  await using api = await servedApi();
  const backfill = (trigger: string, body: object = {}) => api.request('POST', `/triggers/${trigger}/backfill`, body);
  assert.deepEqual([(await backfill('task.delete')).status, (await backfill('task.edit')).status], [422, 409]);
  await api.setUrl('https://example.com/', 0);
  for (const body of [{ pace: 0 }, { pace: 1001 }, { after: { AccountID: 'a' } }, { run: 'x' }, { sent: -1 }])
    assert.equal((await backfill('task.edit', body)).status, 400, JSON.stringify(body));
});

test('returns the states of the alarms, and why there are none', async () => {
  const state = { name: 'n', state: 'ALARM', since: 1, description: 'Bad. What to do: x#queue-behind' };
  await using api = await servedApi({ alarms: { read: async () => [state] } });
  assert.deepEqual((await api.request('GET', '/alarms')).json, {
    alarms: [{ name: 'n', state: 'ALARM', since: 1, heading: 'Queue behind', meaning: 'Bad.' }],
  });
});

test('runs the checks of the page', async () => {
  await using api = await servedApi();
  const { status, json } = await api.request('GET', '/doctor');
  assert.equal(status, 200);
  assert.ok(json.findings.length > 0 && json.skipped.length > 0);
});
