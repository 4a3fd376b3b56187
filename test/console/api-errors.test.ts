import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { servedApi } from './served-api.ts';

test('rejects invalid requests with a status and one line', async () => {
  await using api = await servedApi();
  const rejected: [string, string, unknown, number][] = [
    ['POST', '/triggers/followup.edit/pause', undefined, 404],
    ['GET', '/triggers/task.edit/secret', undefined, 404],
    ['POST', '/triggers/task.edit/test', undefined, 409],
    ['POST', '/triggers/task.edit/resume', undefined, 409],
    ['PUT', '/triggers/task.edit/headers/host', { value: 'x' }, 422],
    ['PUT', '/triggers/task.edit/headers/x-a', { value: 'a\r\nb: c' }, 422],
    ['DELETE', '/triggers/task.edit/headers/x-a', undefined, 404],
    ['POST', '/redeliver', {}, 422],
    ['POST', '/redeliver', { ids: ['msg_x'] }, 404],
    ['POST', '/redeliver', { ids: 'msg_x' }, 400],
    ['GET', '/failed?trigger=none', undefined, 400],
    ['GET', '/history?next=..', undefined, 400],
    ['GET', '/nothing', undefined, 404],
    ['PUT', '/triggers/task.edit/headers/x-a', '{', 400],
    ['PUT', '/triggers/task.edit/headers/x-a', JSON.stringify({ value: 'x'.repeat(300_000) }), 413],
  ];
  for (const [method, path, body, status] of rejected) {
    const response = await api.request(method, path, body);
    assert.equal(response.status, status, `${method} ${path}`);
    assert.match(response.json.error, /^[^\r\n]{10,300}$/);
  }
  const form = await fetch(`${api.origin}/redeliver`, { method: 'POST', body: new URLSearchParams({ all: 'true' }) });
  assert.equal(form.status, 415);
});

test('responds 503 when a table does not respond, without the message of the SDK', async () => {
  const silent = Object.assign(new Error('MARKER https://10.0.0.1'), { code: 'ECONNREFUSED' });
  const broken = new Error('MARKER of something else');
  for (const [error, status] of [
    [silent, 503],
    [broken, 500],
  ] as const) {
    const fails = async () => Promise.reject(error);
    await using api = await servedApi({ triggersTable: { read: fails } });
    const response = await api.request('GET', '/triggers');
    assert.equal(response.status, status);
    assert.doesNotMatch(JSON.stringify(response.json), /MARKER/);
  }
});

test('responds to hostile input with a status below 500', async () => {
  await using api = await servedApi();
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('../../etc', '%00', '%ff', '__proto__', 'constructor', '\ud800', 'a\r\nb: c', "' OR 1=1"),
  );
  const paths = fc.oneof(
    hostile.map((h) => `/triggers/${encodeURIComponent(h.toWellFormed())}/url`),
    hostile.map((h) => `/triggers/task.edit/headers/${encodeURIComponent(h.toWellFormed())}`),
    fc.constantFrom(
      '/triggers/%ff/url',
      '/triggers/task.edit/headers/%ff',
      '/import',
      '/redeliver',
      '/triggers/task.edit/url',
    ),
    hostile.map((h) => `/log?${new URLSearchParams({ trigger: h, next: h, since: h })}`),
    hostile.map((h) => `/failed?${new URLSearchParams({ id: h })}`),
  );
  const bodies = fc.oneof(
    fc.constant(undefined),
    fc.jsonValue().map((v) => JSON.stringify(v)),
    hostile.map((h) => JSON.stringify({ url: h, value: h, ids: [h] })),
    hostile,
    fc.constantFrom('{"__proto__":{"url":1}}', '{"task.edit":{"a":1}}', '[]', 'null', '{"since":1e999,"all":true}'),
  );
  await fc.assert(
    fc.asyncProperty(paths, bodies, fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'), async (path, body, method) => {
      const response = await api.request(method, path, method === 'GET' ? undefined : body, { 'if-match': '"0"' });
      assert.ok(response.status < 500, `${method} ${path} ${body}: ${response.status}`);
    }),
    { numRuns: 400 },
  );
});

test('removes only a header that is set, also with a name such as __proto__', async () => {
  await using api = await servedApi();
  for (const name of ['constructor', '__proto__', 'toString', 'x-none']) {
    const { status } = await api.request('DELETE', `/triggers/task.edit/headers/${name}`);
    assert.equal(status, 404, name);
  }
  assert.equal(api.history.entries.length, 0);
});

test('sets, lists and removes headers with names that every object has', async () => {
  await using api = await servedApi();
  await api.setUrl('https://example.com/', 0);
  const names = ['constructor', 'toString', 'hasownproperty'];
  const listed = async () => {
    const { json } = await api.request('GET', '/triggers');
    return json.triggers.find(({ trigger }: { trigger: string }) => trigger === 'task.edit').headers.sort();
  };
  for (const name of names)
    assert.equal((await api.request('PUT', `/triggers/task.edit/headers/${name}`, { value: 'v' })).status, 200, name);
  assert.deepEqual(await listed(), names.map((name) => name.toLowerCase()).sort());
  const underscored = await api.request('PUT', '/triggers/task.edit/headers/__proto__', { value: 'v' });
  assert.equal(underscored.status, 422);
  for (const name of names)
    assert.equal((await api.request('DELETE', `/triggers/task.edit/headers/${name}`)).status, 200, name);
  assert.deepEqual(await listed(), []);
  for (const [method, path] of [
    ['POST', '/triggers/constructor/pause'],
    ['GET', '/triggers/__proto__/secret'],
    ['DELETE', '/triggers/toString/headers/x'],
  ] as const)
    assert.equal((await api.request(method, path)).status, 404, path);
});
