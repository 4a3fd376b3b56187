import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { triggers } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { servedApi } from './served-api.ts';

describe('URLs', () => {
  test('sets a URL on the expected version and returns the next version', async () => {
    await using api = await servedApi();
    assert.partialDeepStrictEqual(await api.setUrl('https://example.com/1', 0), {
      status: 200,
      etag: '"1"',
      json: { trigger: 'task.edit', url: 'https://example.com/1', version: 1 },
    });
    assert.equal((await api.setUrl('https://example.com/2', 1)).status, 200);
    const { json } = await api.request('GET', '/triggers');
    const status = json.triggers.find(({ trigger }: { trigger: string }) => trigger === 'task.edit');
    assert.partialDeepStrictEqual(status, { url: 'https://example.com/2', version: 2, state: 'active', waiting: 0 });
    assert.deepEqual(json.rules, { allowHttp: false, allowedPorts: [], allowedPrivateNetworks: [] });
    assert.equal(json.triggers.length, triggers.length);
  });

  test('rejects a write on an old version with 412 and returns the current URL', async () => {
    await using api = await servedApi();
    await api.setUrl('https://example.com/first', 0);
    const second = await api.setUrl('https://example.com/second', 0);
    assert.equal(second.status, 412);
    assert.match(second.json.error, /^Someone else changed the URL for task\.edit meanwhile\. Fix: [^\n]+$/);
    assert.deepEqual(second.json.current, { url: 'https://example.com/first', version: 1 });
    const cleared = await api.request('DELETE', '/triggers/task.edit/url', undefined, { 'if-match': '"0"' });
    assert.equal(cleared.status, 412);
    assert.equal(api.triggersTable.items.get('task.edit')?.url, 'https://example.com/first');
  });

  test('accepts one of several concurrent writes and rejects the others with 412', async () => {
    await using api = await servedApi();
    const responses = await Promise.all([1, 2, 3].map((n) => api.setUrl(`https://example.com/${n}`, 0)));
    assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 412, 412]);
    assert.equal(api.history.entries.length, 1);
  });

  test('requires If-Match; the command line needs no version', async () => {
    await using api = await servedApi();
    assert.equal((await api.request('PUT', '/triggers/task.edit/url', { url: 'https://example.com' })).status, 428);
    assert.equal((await api.setUrl('https://example.com/', 'latest')).status, 422);
    await set(api.deps, 'task.edit', 'https://example.com/1');
    await set(api.deps, 'task.edit', 'https://example.com/2');
    assert.equal(api.triggersTable.items.get('task.edit')?.urlVersion, 2);
  });

  test('rejects a wrong URL with the message of the URL rules', async () => {
    await using api = await servedApi();
    for (const [entered, message] of [
      ['example.com', /^The URL for task\.edit does not begin with http/],
      ['https://127.0.0.1/x', /^The URL for task\.edit leads to an address that is not public/],
    ] as const) {
      const { status, json } = await api.setUrl(entered, 0);
      assert.equal(status, 422);
      assert.match(json.error, message);
    }
    assert.equal(api.triggersTable.writes, 0);
  });

  test('exports all URLs and imports them on the exported versions', async () => {
    await using api = await servedApi();
    await api.setUrl('https://example.com/1', 0);
    const { json: file, etag } = await api.request('GET', '/export');
    assert.equal(file['task.edit'], 'https://example.com/1');
    const wanted = { ...file, 'task.edit': null, 'case.create': 'https://example.com/2' };
    const { json } = await api.request('POST', '/import', wanted, { 'if-match': etag ?? '' });
    assert.deepEqual(json.imported, [
      { trigger: 'case.create', was: null, is: 'https://example.com/2' },
      { trigger: 'task.edit', was: 'https://example.com/1', is: null, pending: 0 },
    ]);
    const again = await api.request('POST', '/import', file, { 'if-match': etag ?? '' });
    assert.equal(again.status, 412);
    assert.deepEqual(again.json.current, { url: 'https://example.com/2', version: 1 });
    const wrong = await api.request('POST', '/import', { 'task.edit': 5, nonsense: 'x' }, { 'if-match': etag ?? '' });
    assert.equal(wrong.status, 422);
    assert.doesNotMatch(wrong.json.error, /\n/);
  });
});
