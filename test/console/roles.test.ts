import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiDocument } from '../../cli/docs/openapi-document.ts';
import type { TriggerSecrets } from '../../functions/adapters/secret-store.ts';
import type { ApiResponse, Endpoint } from '../../functions/console/api/contract.ts';
import { routes } from '../../functions/console/api/routes.ts';
import type { ErrorBody } from '../../functions/console/api/shapes.ts';
import { tagOfAll } from '../../functions/console/api/versions.ts';
import { consoleApp } from '../../functions/console/console.ts';
import { ADMINS, VIEWERS } from '../../functions/console/sign-in.ts';
import { triggers } from '../../functions/core/entity.ts';
import { pause } from '../../functions/operations/pause.ts';
import { set } from '../../functions/operations/set-url.ts';
import { setHeader } from '../../functions/operations/signing-secrets.ts';
import { adminWorld } from '../support/admin-world.ts';
import { rsaClient } from '../support/client-certificates.ts';
import { failedNotification } from './served-api.ts';

const url = 'https://ada:MARKER-pw@example.com/hook?token=MARKER-token';
const masked = 'https://ada:***@example.com/hook?token=***';
const endpoint = 'https://id.example.com/';
const signIn = {
  issuer: endpoint,
  clientId: 'page',
  authorizationEndpoint: endpoint,
  tokenEndpoint: endpoint,
  groupsClaim: 'groups',
};
const page = { 'index.html': '', 'icon.svg': '', 'page.css': '', 'page.js': '' };

interface Row {
  /** The status for a viewer. The statuses of an admin (200) and without a valid token (401) are the same for all routes. */
  readonly viewer: 200 | 403;
  readonly body?: object;
  readonly ifMatch?: string;
  readonly query?: string;
}

const read: Row = { viewer: 200 };
const change: Row = { viewer: 403 };

const client = { tokenUrl: 'https://id.example.com/?key=MARKER', clientId: 'us', clientSecret: 'MARKER-secret' };

/** The trigger of all requests is task.edit, whose URL has the version 1. */
const table: Readonly<Record<Endpoint, Row>> = {
  'GET /user': read,
  'GET /triggers': read,
  'GET /export': read,
  'GET /failed': read,
  'GET /log': read,
  'GET /log/count': read,
  'GET /history': read,
  'GET /alarms': read,
  'GET /doctor': change,
  'GET /dead-letters': change,
  'POST /dead-letters/send-back': change,
  'GET /triggers/{trigger}/backfill': change,
  'POST /triggers/{trigger}/backfill': { ...change, body: {} },
  'GET /triggers/{trigger}/pending': { ...read, query: '?id=msg_1' },
  'GET /triggers/{trigger}/secret': change,
  'POST /triggers/{trigger}/secret': change,
  'DELETE /triggers/{trigger}/secret/replaced': change,
  'POST /triggers/{trigger}/test': change,
  'POST /triggers/{trigger}/pause': change,
  'POST /triggers/{trigger}/resume': change,
  'POST /triggers/{trigger}/try-now': change,
  'PUT /triggers/{trigger}/url': { ...change, body: { url: 'https://example.com/' }, ifMatch: '1' },
  'DELETE /triggers/{trigger}/url': { ...change, ifMatch: '1' },
  'PUT /triggers/{trigger}/headers/{name}': { ...change, body: { value: 'v' } },
  'DELETE /triggers/{trigger}/headers/{name}': change,
  'PUT /triggers/{trigger}/limit': { ...change, body: { maxPerSecond: 5 } },
  'PUT /triggers/{trigger}/coalesce': { ...change, body: { coalesce: true } },
  'GET /triggers/{trigger}/pull-token': read,
  'POST /triggers/{trigger}/pull-token': change,
  'DELETE /triggers/{trigger}/pull-token': change,
  'PUT /triggers/{trigger}/oauth': { ...change, body: { ...client, tokenUrl: 'https://id.example.com/' } },
  'DELETE /triggers/{trigger}/oauth': change,
  'PUT /triggers/{trigger}/certificate': { ...change, body: { pem: rsaClient.cert + rsaClient.key } },
  'DELETE /triggers/{trigger}/certificate': change,
  'POST /import': { ...change, body: {}, ifMatch: 'all' },
  'POST /redeliver': { ...change, body: { all: true, confirmed: true } },
};

async function world() {
  const { deps, ...rest } = adminWorld();
  await set(deps, 'task.edit', url);
  await setHeader(deps, 'task.edit', 'x-key', 'MARKER-header');
  await rest.secrets.change('task.edit', withCredentials);
  await rest.backlog.fail(failedNotification({ trigger: 'task.edit' }));
  return { ...rest, deps, app: consoleApp({ admin: deps, apiDescription: openApiDocument(), page, signIn }) };
}

type World = Awaited<ReturnType<typeof world>>;

const withReplaced = (now: TriggerSecrets) => ({ ...now, replaced: [{ secret: 'old', until: Date.now() + 60_000 }] });

const certificate = { cert: 'MARKER-cert', key: 'MARKER-key', subject: 'CN=us', issuer: 'CN=them', expiresAt: 9 };
const withCredentials = (now: TriggerSecrets) => ({ ...now, oauth: client, certificate });

/** A request as the gateway passes it on. */
async function send(
  { app, deps }: World,
  name: string,
  groups?: readonly string[],
  token?: string,
  query = '',
  given?: object,
) {
  const { body = undefined, ifMatch, query: own = '' } = { ...table[name as Endpoint], ...(given && { body: given }) };
  const [method = '', path = ''] = name.split(' ');
  if (path.endsWith('/try-now')) await deps.triggersTable.move('task.edit', 'park');
  if (path.endsWith('/replaced')) await deps.secrets.change('task.edit', withReplaced);
  // Calls cannot have two values of Authorization.
  if (path.endsWith('/oauth')) await deps.triggersTable.writeUrl('task.edit', 'https://example.com/', 0);
  if (path.endsWith('/resume')) await pause(deps, 'task.edit').catch(() => undefined);
  const tag = ifMatch === 'all' ? tagOfAll(await deps.triggersTable.read(triggers)) : ifMatch && `"${ifMatch}"`;
  const payload = Buffer.from(JSON.stringify({ sub: 'u-1', groups })).toString('base64url');
  const authorization = token ?? (groups && `Bearer eyJhbGciOiJSUzI1NiJ9.${payload}.c2ln`);
  const headers = {
    ...(authorization && { authorization }),
    ...(body && { 'content-type': 'application/json' }),
    ...(tag && { 'if-match': tag }),
  };
  const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const requestContext = groups || token ? { authorizer: { jwt: { claims: { sub: 'u-1' } } } } : {};
  const address = `/api${path.replace('{trigger}', 'task.edit').replace('{name}', 'x-key')}${query || own}`;
  const response = await app.request(address, request, { requestContext });
  assert.equal(response.headers.get('cache-control'), 'no-store', `${response.status} ${name}`);
  return response;
}

test('the table has each route of the API', () => {
  assert.deepEqual(Object.keys(table).sort(), routes.map(({ method, path }) => `${method} ${path}`).sort());
});

for (const [name, { viewer }] of Object.entries(table))
  test(`${name}: 401 without a token and with a bad one, ${viewer} for a viewer, 200 for an admin`, async () => {
    const served = await world();
    const before = served.history.entries.length;
    assert.equal((await send(served, name)).status, 401, 'no token');
    assert.equal((await send(served, name, undefined, 'Bearer nonsense')).status, 401, 'a bad token');
    assert.equal((await send(served, name, ['others'])).status, 403, 'another group');
    const paused = name.endsWith('/resume') ? 1 : 0;
    if (viewer === 403) {
      assert.equal((await send(served, name, [VIEWERS])).status, 403, 'a viewer');
      assert.equal(served.history.entries.length, before + paused, 'a rejected request changes nothing');
    } else {
      const response = await send(served, name, [VIEWERS]);
      assert.equal(response.status, 200, 'a viewer');
      assert.doesNotMatch(await response.text(), /MARKER/, 'no credentials');
    }
    const response = await send(served, name, [ADMINS]);
    assert.equal(response.status, 200, await response.text());
  });

test('shows viewers masked URLs, and admins the whole URL for their text field', async () => {
  const served = await world();
  const urlFor = async (group: string) => {
    const { triggers } = (await (await send(served, 'GET /triggers', [group])).json()) as ApiResponse<'GET /triggers'>;
    return triggers.find(({ trigger }) => trigger === 'task.edit')?.url;
  };
  assert.equal(await urlFor(VIEWERS), masked);
  assert.equal(await urlFor(ADMINS), url);
});

test('exports masked URLs, and whole URLs only to an admin who asks for them', async () => {
  const served = await world();
  for (const [group, query, expected] of [
    [VIEWERS, '', masked],
    [VIEWERS, '?withSecrets=true', masked],
    [ADMINS, '', masked],
    [ADMINS, '?withSecrets=true', url],
  ] as const) {
    const response = await send(served, 'GET /export', [group], undefined, query);
    const exported = (await response.json()) as ApiResponse<'GET /export'>;
    assert.equal(exported['task.edit'], expected, `${group} ${query}`);
  }
  assert.deepEqual(
    served.history.entries.slice(0, 4).map(({ to }) => to),
    ['all URLs with secrets', 'all URLs', 'all URLs', 'all URLs'],
  );
});

test('the response to an import has no credentials', async () => {
  const served = await world();
  const response = await send(served, 'POST /import', [ADMINS], undefined, '', { 'task.edit': null, 'case.edit': url });
  assert.equal(response.status, 200);
  const text = await response.text();
  assert.ok(text.includes(masked));
  assert.doesNotMatch(text, /MARKER/);
});

test('a member of both groups is an admin', async () => {
  const served = await world();
  assert.equal((await send(served, 'POST /triggers/{trigger}/pause', [VIEWERS, ADMINS])).status, 200);
  assert.deepEqual(await (await send(served, 'GET /user', [VIEWERS])).json(), { who: 'u-1', role: 'viewer' });
});

test('a rejected viewer learns which group may do it', async () => {
  const response = await send(await world(), 'POST /triggers/{trigger}/pause', [VIEWERS]);
  const { error } = (await response.json()) as ErrorBody;
  assert.match(error, /only read.+To fix this, .+crm-trigger-admins/);
});
