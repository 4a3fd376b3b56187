import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, mock, test } from 'node:test';
import { serve } from '@hono/node-server';
import fc from 'fast-check';
import { adminApi } from '../../functions/console/api.ts';
import { triggers } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { notification } from '../support/records.ts';
import { SqsInMemory } from '../support/sqs-in-memory.ts';

/** The API on a real socket, over parts in memory. */
async function served(overrides: Record<string, unknown> = {}) {
  const world = adminWorld(overrides);
  const server = serve({ fetch: adminApi(world.deps, () => 'ada').fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(origin + path, { method, headers: { ...json, ...headers }, ...text });
    return { status: response.status, etag: response.headers.get('etag'), json: JSON.parse(await response.text()) };
  };
  return {
    ...world,
    ask,
    origin,
    type: (url: string, seen: number | string) =>
      ask('PUT', '/triggers/task.edit/url', { url }, { 'if-match': `"${seen}"` }),
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const failedOne = (fields: object = {}) => {
  const { id, trigger, record, sequence, changedAt, ...rest } = notification(fields);
  const of = { id, trigger, record, sequence, changedAt };
  return { ...of, reason: 'HTTP 404', attempts: 5, failedAt: changedAt, notification: { ...of, ...rest } };
};

describe('a URL', () => {
  test('is written on the version that the admin saw, and shown with the next one', async () => {
    await using api = await served();
    assert.partialDeepStrictEqual(await api.type('https://example.com/1', 0), {
      status: 200,
      etag: '"1"',
      json: { trigger: 'task.edit', url: 'https://example.com/1', version: 1 },
    });
    assert.equal((await api.type('https://example.com/2', 1)).status, 200);
    const { json } = await api.ask('GET', '/triggers');
    const line = json.triggers.find(({ trigger }: { trigger: string }) => trigger === 'task.edit');
    assert.partialDeepStrictEqual(line, { url: 'https://example.com/2', version: 2, state: 'active', waiting: 0 });
    assert.deepEqual(json.rules, { allowHttp: false, allowedPorts: [], allowedPrivateNetworks: [] });
    assert.equal(json.triggers.length, triggers.length);
  });

  test('is not overwritten on an old look: the one who comes second is reported what it is now', async () => {
    await using api = await served();
    await api.type('https://example.com/first', 0);
    const second = await api.type('https://example.com/second', 0);
    assert.equal(second.status, 412);
    assert.match(second.json.error, /^Somebody else changed task\.edit in the meantime: [^\n]+$/);
    assert.deepEqual(second.json.current, { url: 'https://example.com/first', version: 1 });
    const cleared = await api.ask('DELETE', '/triggers/task.edit/url', undefined, { 'if-match': '"0"' });
    assert.equal(cleared.status, 412);
    assert.equal(api.triggersTable.items.get('task.edit')?.url, 'https://example.com/first');
  });

  test('that two admins type at the same moment is the one or the other, and one of them is reported', async () => {
    await using api = await served();
    const responses = await Promise.all([1, 2, 3].map((n) => api.type(`https://example.com/${n}`, 0)));
    assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 412, 412]);
    assert.equal(api.history.entries.length, 1);
  });

  test('needs a version to be written on, unless it is set on the command line', async () => {
    await using api = await served();
    assert.equal((await api.ask('PUT', '/triggers/task.edit/url', { url: 'https://example.com' })).status, 428);
    assert.equal((await api.type('https://example.com/', 'latest')).status, 422);
    await set(api.deps, 'task.edit', 'https://example.com/1');
    await set(api.deps, 'task.edit', 'https://example.com/2');
    assert.equal(api.triggersTable.items.get('task.edit')?.urlVersion, 2);
  });

  test('that is wrong is rejected in the words of the rules', async () => {
    await using api = await served();
    for (const [entered, words] of [
      ['example.com', /^The URL for task\.edit does not begin with http/],
      ['https://127.0.0.1/x', /^The URL for task\.edit leads to an address that is not public/],
    ] as const) {
      const { status, json } = await api.type(entered, 0);
      assert.equal(status, 422);
      assert.match(json.error, words);
    }
    assert.equal(api.triggersTable.writes, 0);
  });

  test('can be exported and imported, on the versions that were exported', async () => {
    await using api = await served();
    await api.type('https://example.com/1', 0);
    const { json: file, etag } = await api.ask('GET', '/export');
    assert.equal(file['task.edit'], 'https://example.com/1');
    const wanted = { ...file, 'task.edit': null, 'case.create': 'https://example.com/2' };
    const { json } = await api.ask('POST', '/import', wanted, { 'if-match': etag ?? '' });
    assert.deepEqual(json.imported, [
      { trigger: 'case.create', was: null, is: 'https://example.com/2' },
      { trigger: 'task.edit', was: 'https://example.com/1', is: null, pending: 0 },
    ]);
    const again = await api.ask('POST', '/import', file, { 'if-match': etag ?? '' });
    assert.equal(again.status, 412);
    assert.deepEqual(again.json.current, { url: 'https://example.com/2', version: 1 });
    const wrong = await api.ask('POST', '/import', { 'task.edit': 5, nonsense: 'x' }, { 'if-match': etag ?? '' });
    assert.equal(wrong.status, 422);
    assert.doesNotMatch(wrong.json.error, /\n/);
  });
});

test('clearing a URL says how many pending notifications move to Failed; resume and redeliver then need a URL', async () => {
  await using api = await served();
  await api.type('https://example.com/', 0);
  const parked = { attempts: 0, firstAttempt: 0, response: '', nextTry: 0 };
  await api.backlog.park([{ ...parked, notification: notification({ trigger: 'task.edit' }) }], 1);
  await api.ask('POST', '/triggers/task.edit/pause');
  const cleared = await api.ask('DELETE', '/triggers/task.edit/url', undefined, { 'if-match': '"1"' });
  assert.deepEqual(cleared.json, { trigger: 'task.edit', url: null, version: 2, pending: 1 });
  const resumed = await api.ask('POST', '/triggers/task.edit/resume');
  assert.equal(resumed.status, 409);
  assert.match(resumed.json.error, /^task\.edit cannot be resumed: no URL is set for task\.edit\. To fix this, /);
  const one = failedOne({ trigger: 'task.edit' });
  await api.backlog.fail(one);
  for (const confirmed of [false, true]) {
    const { json } = await api.ask('POST', '/redeliver', { ids: [one.id], confirmed });
    assert.match(json.chosen[0].rejected, /^no URL is set for task\.edit\. To fix this, /);
  }
  assert.equal((await api.ask('GET', '/failed')).json.total, 1);
});

test('the overview has all pending notifications, and the messages in the delivery queue, if SQS says', async () => {
  const sqs = new SqsInMemory();
  sqs.add('queue', 'group', 'never received');
  await using api = await served({ sqs: sqs.client(), queueUrl: 'queue' });
  const waiting = { attempts: 1, firstAttempt: 1, response: 'HTTP 500', nextTry: 1, behind: { 'task.edit': 5 } };
  await api.backlog.hold({ ...waiting, notification: notification({ trigger: 'task.edit' }) }, Date.now());
  const { json } = await api.ask('GET', '/triggers');
  assert.equal(json.queued, 1);
  const line = json.triggers.find(({ trigger }: { trigger: string }) => trigger === 'task.edit');
  assert.partialDeepStrictEqual(line, { waiting: 6, waitingForRetry: 1, behind: 5, inBacklog: 0 });
  sqs.before = () => {
    throw new Error('AccessDenied');
  };
  assert.equal((await api.ask('GET', '/triggers')).json.queued, null);
});

test('every change is in the history, with who, when, from what and to what', async () => {
  await using api = await served();
  await api.type('https://ada:MARKER-pw@example.com/1', 0);
  await api.ask('DELETE', '/triggers/task.edit/url', undefined, { 'if-match': '"1"' });
  await api.type('https://example.com/2', 2);
  await api.ask('POST', '/triggers/task.edit/pause');
  // To resume and to redeliver need a URL.
  await api.triggersTable.writeUrl('task.edit', 'https://example.com/2', Date.now());
  await api.ask('POST', '/triggers/task.edit/resume');
  const { json: secret } = await api.ask('POST', '/triggers/task.edit/secret');
  await api.ask('PUT', '/triggers/task.edit/headers/X-Token', { value: 'MARKER-value' });
  await api.ask('DELETE', '/triggers/task.edit/headers/X-Token');
  await api.backlog.fail(failedOne({ trigger: 'task.edit' }));
  await api.ask('POST', '/redeliver', { all: true, confirmed: true });
  const { json } = await api.ask('GET', '/history');
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

test('what cannot be done is one line with a fitting status', async () => {
  await using api = await served();
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
    ['GET', '/failed?trigger=nobody', undefined, 400],
    ['GET', '/history?next=..', undefined, 400],
    ['GET', '/nothing', undefined, 404],
    ['PUT', '/triggers/task.edit/headers/x-a', '{', 400],
    ['PUT', '/triggers/task.edit/headers/x-a', JSON.stringify({ value: 'x'.repeat(300_000) }), 413],
  ];
  for (const [method, path, body, status] of rejected) {
    const response = await api.ask(method, path, body);
    assert.equal(response.status, status, `${method} ${path}`);
    assert.match(response.json.error, /^[^\r\n]{10,300}$/);
  }
  const form = await fetch(`${api.origin}/redeliver`, { method: 'POST', body: new URLSearchParams({ all: 'true' }) });
  assert.equal(form.status, 415);
});

test('a table that does not respond is reported as such, without what the SDK says', async () => {
  const silent = Object.assign(new Error('MARKER https://10.0.0.1'), { code: 'ECONNREFUSED' });
  const broken = new Error('MARKER of something else');
  for (const [error, status] of [
    [silent, 503],
    [broken, 500],
  ] as const) {
    const fails = async () => Promise.reject(error);
    await using api = await served({ triggersTable: { read: fails } });
    const response = await api.ask('GET', '/triggers');
    assert.equal(response.status, status);
    assert.doesNotMatch(JSON.stringify(response.json), /MARKER/);
  }
});

test('no input, however hostile, is responded with a 500', async () => {
  await using api = await served();
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
      const response = await api.ask(method, path, method === 'GET' ? undefined : body, { 'if-match': '"0"' });
      assert.ok(response.status < 500, `${method} ${path} ${body}: ${response.status}`);
    }),
    { numRuns: 400 },
  );
});

test('failures are shown with filters, and sent again only when that is confirmed', async () => {
  await using api = await served();
  await api.type('https://example.com/', 0);
  const [one, two] = [failedOne({ trigger: 'task.edit' }), failedOne({ trigger: 'case.create' })];
  for (const failed of [one, two]) await api.backlog.fail(failed);
  await api.triggersTable.writeUrl('task.edit', 'https://example.com/', Date.now());
  const { json: shown } = await api.ask('GET', '/failed?trigger=case.create');
  assert.equal(shown.total, 1);
  assert.partialDeepStrictEqual(shown.failed[0], { id: two.id, reason: 'HTTP 404', attempts: 5, keys: null });
  const { json: would } = await api.ask('POST', '/redeliver', { ids: [one.id] });
  assert.deepEqual(would, { confirmed: false, chosen: [{ id: one.id, trigger: 'task.edit' }] });
  assert.equal(api.sent.length, 0);
  const { json: did } = await api.ask('POST', '/redeliver', { ids: [one.id], confirmed: true });
  assert.equal(did.confirmed, true);
  assert.deepEqual(
    api.sent.map(({ id }) => id),
    [one.id],
  );
  assert.equal((await api.ask('GET', '/failed')).json.total, 1);
});

test('the log is read by its filters, page by page', async () => {
  await using api = await served();
  const entry = { trigger: 'task.edit', formattedString: '?AccountID=a', attempt: 1, milliseconds: 5 } as const;
  await api.log.write([
    { ...entry, at: 1, id: 'msg_1', outcome: 'failed', response: 'HTTP 500' },
    { ...entry, at: 2, id: 'msg_1', outcome: 'delivered', response: 'HTTP 200', attempt: 2 },
  ]);
  const { json } = await api.ask('GET', '/log?trigger=task.edit&limit=1');
  assert.equal(json.entries[0].attempt, 2);
  assert.equal((await api.ask('GET', `/log?limit=1&next=${json.next}`)).json.entries[0].attempt, 1);
  assert.equal((await api.ask('GET', '/log?outcome=gone')).json.entries.length, 0);
  assert.equal((await api.ask('GET', '/log?outcome=retry')).json.entries[0].outcome, 'failed');
  assert.equal((await api.ask('GET', '/log?id=a')).json.entries.length, 2, 'an id of the CRM');
  assert.equal((await api.ask('GET', '/log?outcome=fine')).status, 400);
});

test('a page of the log is filled though one look finds little, and a place that is none is rejected', async () => {
  const entry = { at: 1, trigger: 'task.edit', id: 'msg_1', formattedString: '?AccountID=a' } as const;
  const attempted = { ...entry, attempt: 1, outcome: 'failed', response: 'HTTP 500', milliseconds: 1 } as const;
  let looks = 0;
  const log = {
    async read(_: unknown, limit: number, next?: string) {
      if (next === 'nonsense') throw new RangeError();
      return { entries: ++looks % 2 === 0 ? [attempted].slice(0, limit) : [], next: 'on' };
    },
  };
  await using api = await served({ log });
  const { json } = await api.ask('GET', '/log?limit=3');
  assert.deepEqual([json.entries.length, json.next, looks], [3, 'on', 6]);
  assert.equal((await api.ask('GET', '/log?limit=100')).json.entries.length, 5, 'and yet it ends');
  assert.equal((await api.ask('GET', '/log?next=nonsense')).status, 422);
});

test('the description names each route with what it takes and responds', async () => {
  await using api = await served();
  const { json } = await api.ask('GET', '/openapi.json');
  assert.equal(json.openapi, '3.1.0');
  const put = json.paths['/api/triggers/{trigger}/url'].put;
  assert.deepEqual(put.requestBody.content['application/json'].schema.required, ['url']);
  assert.deepEqual(
    put.parameters.map(({ name }: { name: string }) => name),
    ['trigger', 'If-Match'],
  );
  assert.deepEqual(put.parameters[0].schema.enum, triggers);
  assert.deepEqual(Object.keys(put.responses).sort(), ['200', '400', '404', '409', '412', '422', '428', '503']);
  const operations = Object.values<object>(json.paths).flatMap((path) => Object.keys(path));
  assert.equal(operations.length, 16);
});

test('a header is removed only if it is set, whatever its name', async () => {
  await using api = await served();
  for (const name of ['constructor', '__proto__', 'toString', 'x-none']) {
    const { status } = await api.ask('DELETE', `/triggers/task.edit/headers/${name}`);
    assert.equal(status, 404, name);
  }
  assert.equal(api.history.entries.length, 0);
});

test('a list of what failed reads a few pages, however much there is', async () => {
  await using api = await served();
  for (let n = 0; n < 300; n++)
    await api.backlog.fail(failedOne({ id: `msg_${String(n).padStart(32, '0')}`, changedAt: 1_760_000_000_000 + n }));
  const reads = mock.method(api.backlog, 'failed');
  const { json } = await api.ask('GET', '/failed?limit=1');
  assert.equal(json.failed[0].id, `msg_${'299'.padStart(32, '0')}`, 'the newest');
  assert.equal(json.total, 300);
  const rows = await Promise.all(reads.mock.calls.map(({ result }) => result));
  assert.ok(rows.reduce((sum, page) => sum + (page?.failed.length ?? 0), 0) <= 1);
});
