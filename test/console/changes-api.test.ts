import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { openApiDocument } from '../../cli/docs/openapi-document.ts';
import { pulledChanges } from '../../functions/console/api/changes-description.ts';
import { consoleApp } from '../../functions/console/console.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { PulledChanges } from '../../functions/operations/pull-changes.ts';
import { createPullToken, revokePullToken } from '../../functions/operations/pull-tokens.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { rotateSecret } from '../../functions/operations/signing-secrets.ts';
import { adminWorld } from '../support/admin-world.ts';
import { logEntry } from '../support/log-entries.ts';

const id = 'https://id.example.com/';
const signIn = { issuer: id, clientId: 'page', authorizationEndpoint: id, tokenEndpoint: id, groupsClaim: 'groups' };
const page = { 'index.html': '', 'icon.svg': '', 'page.css': '', 'page.js': '' };

const DAY = 24 * 60 * 60_000;

async function served(overrides: Record<string, unknown> = {}) {
  const made = adminWorld(overrides);
  await set(made.deps, 'case.edit', 'https://example.com/');
  const app = consoleApp({ admin: made.deps, apiDescription: openApiDocument(), page, signIn });
  const get = async (authorization?: string, query = '') => {
    const response = await app.request(`/changes${query}`, authorization ? { headers: { authorization } } : {});
    return { status: response.status, headers: response.headers, json: (await response.json()) as PulledChanges };
  };
  return { ...made, app, get, token: await createPullToken(made.deps, 'case.edit') };
}

/** Writes attempts, and lets a minute pass, after which they are settled. */
async function written(
  t: TestContext,
  { log }: Pick<Awaited<ReturnType<typeof served>>, 'log'>,
  ids: readonly string[],
) {
  // Later than what a test wrote before: attempts of one millisecond have no order.
  const start = Date.now() + 1;
  for (const [n, id] of ids.entries()) await log.write([logEntry({ id, trigger: 'case.edit', at: start + n })]);
  await log.write([logEntry({ trigger: 'task.edit', at: start, id: 'of another trigger' })]);
  t.mock.method(Date, 'now', () => start + 60_000);
}

describe('GET /changes', () => {
  test('returns the attempts of the trigger of the token, their outcome, and where the next request begins', async (t) => {
    const made = await served();
    const at = Date.now();
    const attempt = logEntry({ id: 'a', trigger: 'case.edit', at, attempt: 2, outcome: 'failed', body: 'secret' });
    await made.log.write([{ ...attempt, response: 'HTTP 500' }]);
    await written(t, made, ['b', 'c']);
    const { status, headers, json } = await made.get(`Bearer ${made.token}`);
    assert.deepEqual([status, headers.get('cache-control')], [200, 'no-store']);
    assert.deepEqual([json.changes.map((change) => change.id), json.more], [['a', 'b', 'c'], false]);
    assert.deepEqual(pulledChanges.parse(json), json, 'the response is as described');
    assert.deepEqual(json.changes[0], {
      id: 'a',
      formattedString: attempt.formattedString,
      at: new Date(at).toISOString(),
      attempt: 2,
      outcome: 'failed',
      response: 'HTTP 500',
    });
    assert.deepEqual((await made.get(`bearer ${made.token}`, `?after=${json.next}`)).json.changes, []);
  });

  test('accepts a time in place of a cursor, and reads 30 days without one', async (t) => {
    const made = await served();
    const old = Date.now() - 31 * DAY;
    const restore = t.mock.method(Date, 'now', () => old);
    await made.log.write([logEntry({ id: 'old', trigger: 'case.edit', at: old })]);
    restore.mock.restore();
    await written(t, made, ['new']);
    const ids = async (query: string) =>
      (await made.get(`Bearer ${made.token}`, query)).json.changes.map((change) => change.id);
    assert.deepEqual(await ids(''), ['new']);
    assert.deepEqual(await ids(`?after=${new Date(Date.now() - DAY).toISOString()}`), ['new']);
    assert.deepEqual(await ids(`?after=${new Date(Date.now() + DAY).toISOString()}`), []);
  });

  for (const after of ['x', '-1', '2026-02-30', 'MS4', 'Mi4x', '1.-5', 'null', '%00', '9'.repeat(5_000)])
    test(`rejects ${after.slice(0, 20)} as a cursor`, async () => {
      const { get, token } = await served();
      const { status, json } = await get(`Bearer ${token}`, `?after=${after}`);
      assert.equal(status, 422);
      assert.match(JSON.stringify(json), /neither a cursor nor a time/);
    });

  test('rejects a token that is missing, wrong, of another trigger or replaced, with one response', async () => {
    const made = await served();
    const { token } = made;
    const other = await createPullToken(made.deps, 'task.edit');
    const responses = [];
    for (const authorization of [
      undefined,
      'Bearer',
      `Basic ${token}`,
      token,
      'Bearer crmpull_case.edit_',
      'Bearer crmpull_nothing.edit_'.padEnd(70, 'x'),
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      `Bearer ${other.replace('task.edit', 'case.edit')}`,
      `Bearer ${token.replace('case.edit', 'case.create')}`,
      `Bearer ${token.replace('case.edit', 'pull#case.edit')}`,
    ]) {
      const { status, headers, json } = await made.get(authorization, '?after=x');
      responses.push(JSON.stringify([status, headers.get('www-authenticate'), headers.get('cache-control'), json]));
    }
    assert.equal(new Set(responses).size, 1);
    assert.match(responses[0] ?? '', /^\[401,"Bearer realm=\\"changes\\"","no-store"/);
    const replacement = await createPullToken(made.deps, 'case.edit');
    assert.equal((await made.get(`Bearer ${token}`)).status, 401);
    assert.equal((await made.get(`Bearer ${replacement}`)).status, 200);
    await revokePullToken(made.deps, 'case.edit');
    assert.equal((await made.get(`Bearer ${replacement}`)).status, 401);
  });

  test('reads nothing from the log before the token was checked', async () => {
    const made = await served();
    const before = made.requests.length;
    await made.get(`Bearer ${made.token.slice(0, -4)}AAAA`);
    assert.deepEqual(
      made.requests.slice(before).map(({ name }) => name),
      ['BatchGetItem'],
    );
    await made.get('Bearer nothing');
    assert.equal(made.requests.length, before + 1);
  });

  test('stores only the hash of a token, and the token is in no log line and not in the history', async (t) => {
    const lines = t.mock.method(process.stdout, 'write', () => true);
    const made = await served({ changes: { read: () => Promise.reject(new Error('the table is gone')) } });
    const { status, json } = await made.get(`Bearer ${made.token}`);
    lines.mock.restore();
    assert.equal(status, 500);
    const printed = JSON.stringify(lines.mock.calls.map(({ arguments: words }) => words));
    assert.match(printed, /the table is gone|failed/);
    const secret = made.token.slice(-43);
    for (const text of [
      printed,
      JSON.stringify(json),
      JSON.stringify(made.requests),
      JSON.stringify(made.history.entries),
    ])
      assert.ok(!text.includes(secret));
    assert.deepEqual(
      made.history.entries.slice(0, 1).map(({ what, trigger, to }) => [what, trigger, to]),
      [['secret', 'case.edit', 'a new pull token']],
    );
  });

  test('a change of the URL or of the signing secret leaves the token valid', async () => {
    const made = await served();
    await rotateSecret(made.deps, 'case.edit');
    await clear(made.deps, 'case.edit' satisfies Trigger);
    assert.equal((await made.get(`Bearer ${made.token}`)).status, 200);
    assert.ok((await made.secrets.read(['case.edit'])).get('case.edit')?.secret);
  });

  test('says which attempts the delivery log keeps, so that a receiver knows what is missing', async () => {
    for (const logged of ['all', 'failures', 'off'] as const) {
      const { get, token } = await served({ logged });
      assert.equal((await get(`Bearer ${token}`)).json.logged, logged);
    }
  });

  test('a pull token opens no route of the API', async () => {
    const { app, token } = await served();
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/api/triggers', '/api/log', '/changes/../api/log'])
      assert.equal((await app.request(path, { headers }, { requestContext: {} })).status, 401, path);
    assert.equal((await app.request('/changes', { method: 'POST', headers }, { requestContext: {} })).status, 404);
  });
});
