import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { triggers } from '../../functions/core/entity.ts';
import { triggerOfToken } from '../../functions/operations/pull-tokens.ts';
import { servedApi } from './served-api.ts';

const tagOfNone = `"${triggers.map(() => 0).join('.')}"`;

async function served(overrides = {}) {
  const api = await servedApi(overrides);
  const status = async (name = 'task.edit') => {
    const { json } = await api.request('GET', '/triggers');
    const { maxPerSecond, coalesce } = json.triggers.find(({ trigger }: { trigger: string }) => trigger === name);
    return [maxPerSecond, coalesce];
  };
  return { ...api, status };
}

describe('settings', () => {
  test('sets and removes the limit and the merging, and the list has both', async () => {
    await using api = await served();
    assert.deepEqual(await api.status(), [null, false]);
    const limited = await api.request('PUT', '/triggers/task.edit/limit', { maxPerSecond: 0.5 });
    assert.deepEqual([limited.status, limited.json], [200, { trigger: 'task.edit', maxPerSecond: 0.5 }]);
    const merged = await api.request('PUT', '/triggers/task.edit/coalesce', { coalesce: true });
    assert.deepEqual([merged.status, merged.json], [200, { trigger: 'task.edit', coalesce: true }]);
    assert.deepEqual(await api.status(), [0.5, true]);
    await api.request('PUT', '/triggers/task.edit/limit', { maxPerSecond: null });
    await api.request('PUT', '/triggers/task.edit/coalesce', { coalesce: false });
    assert.deepEqual(await api.status(), [null, false]);
    assert.equal(api.history.entries.length, 4);
  });

  test('rejects a wrong value in one line, and changes nothing', async () => {
    await using api = await served();
    const wrong: [path: string, body: object | string, status: number, line: RegExp][] = [
      ...[0, -1, 1001].map((maxPerSecond): [string, object, number, RegExp] => [
        'task.edit/limit',
        { maxPerSecond },
        422,
        /^The limit of task\.edit is not a number of calls per second from 0\.001 to 1000\. Fix: [^\n]+$/,
      ]),
      ['task.edit/limit', { maxPerSecond: 'fast' }, 400, /^The body is not valid: maxPerSecond: [^\n]+$/],
      ['task.edit/limit', '{"maxPerSecond": NaN}', 400, /^The body is not JSON\. [^\n]+$/],
      ['task.edit/limit', {}, 400, /^The body is not valid: maxPerSecond: /],
      ['task.create/coalesce', { coalesce: true }, 422, /^task\.create cannot merge calls: .+ Fix: [^\n]+$/],
      ['followup.delete/coalesce', { coalesce: true }, 422, /^followup\.delete cannot merge calls: /],
      ['task.edit/coalesce', { coalesce: 'on' }, 400, /^The body is not valid: coalesce: /],
      ['followup.edit/limit', { maxPerSecond: 5 }, 404, /^This trigger does not exist\. /],
    ];
    for (const [path, body, status, line] of wrong) {
      const response = await api.request('PUT', `/triggers/${path}`, body);
      assert.equal(response.status, status, JSON.stringify(body));
      assert.match(response.json.error, line);
    }
    assert.deepEqual(
      [await api.status(), await api.status('task.create')],
      [
        [null, false],
        [null, false],
      ],
    );
    assert.equal(api.history.entries.length, 0);
  });

  test('exports settings, and imports them after a dry run that changes nothing', async () => {
    await using api = await served();
    const file = {
      'task.edit': { url: 'https://example.com/', maxPerSecond: 5, coalesce: true },
      'task.create': 'https://example.com/',
    };
    const headers = { 'if-match': tagOfNone };
    const planned = await api.request('POST', '/import?dryRun=true', file, headers);
    const changes = [
      { trigger: 'task.edit', setting: 'maxPerSecond', was: null, is: 5 },
      { trigger: 'task.edit', setting: 'coalesce', was: false, is: true },
      { trigger: 'task.edit', was: null, is: 'https://example.com/' },
      { trigger: 'task.create', was: null, is: 'https://example.com/' },
    ];
    assert.deepEqual([planned.status, planned.json.imported], [200, changes]);
    assert.deepEqual([await api.status(), api.history.entries.length], [[null, false], 0]);
    assert.deepEqual((await api.request('POST', '/import', file, headers)).json.imported, changes);
    assert.deepEqual(await api.status(), [5, true]);
    const { json: exported, etag } = await api.request('GET', '/export');
    assert.deepEqual(
      [exported['task.edit'], exported['task.create'], exported['task.delete']],
      [...Object.values(file), null],
    );
    const again = await api.request('POST', '/import?dryRun=true', exported, { 'if-match': etag ?? '' });
    assert.deepEqual(again.json.imported, []);
    const stale = await api.request('POST', '/import?dryRun=true', { 'task.edit': null }, headers);
    assert.equal(stale.status, 412, 'a dry run checks the versions too');
    const wrong = await api.request('POST', '/import?dryRun=true', { 'task.undo': null }, { 'if-match': etag ?? '' });
    assert.equal(wrong.status, 422);
  });
});

describe('pull tokens', () => {
  test('creates a token that is returned once, replaces it, and revokes it', async () => {
    await using api = await served({ logged: 'failures' });
    const path = '/triggers/case.edit/pull-token';
    const exists = async () => (await api.request('GET', path)).json;
    assert.deepEqual(await exists(), { trigger: 'case.edit', exists: false, logged: 'failures' });
    const { json: first } = await api.request('POST', path);
    assert.match(first.token, /^crmpull_case\.edit_[\w-]{43}$/);
    const { json: second } = await api.request('POST', path);
    assert.deepEqual(
      [await triggerOfToken(api.deps, first.token), await triggerOfToken(api.deps, second.token)],
      [undefined, 'case.edit'],
    );
    assert.deepEqual(await exists(), { trigger: 'case.edit', exists: true, logged: 'failures' });
    assert.deepEqual((await api.request('DELETE', path)).json, { trigger: 'case.edit', token: null });
    assert.equal(await triggerOfToken(api.deps, second.token), undefined);
    assert.equal((await exists()).exists, false);
    assert.equal((await api.request('DELETE', path)).status, 200, 'a second time changes nothing');
    assert.deepEqual(
      api.history.entries.map(({ who, what }) => [who, what]),
      Array(4).fill(['ada', 'secret']),
    );
  });
});
