import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openApiDocument } from '../../cli/docs/openapi-document.ts';
import { consoleApp } from '../../functions/console/console.ts';
import { ADMINS, type SignIn, VIEWERS } from '../../functions/console/sign-in.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';

const signIn: SignIn = {
  issuer: 'https://id.example.com/',
  clientId: 'page',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://tokens.example.com/token',
  groupsClaim: 'groups',
};
const page = { 'index.html': '<html>', 'icon.svg': '<svg>', 'page.css': 'a{}', 'page.js': '1' };

function served() {
  const world = adminWorld();
  return { ...world, app: consoleApp({ admin: world.deps, apiDescription: openApiDocument(), page, signIn }) };
}

/** A request as the gateway passes it on: the checked claims, and the unchanged header. */
function gateway(claims: Record<string, unknown>, checked: object | undefined = { sub: claims.sub }) {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const header = Buffer.from('{"alg":"RS256"}').toString('base64url');
  const init = { headers: { authorization: `Bearer ${header}.${payload}.c2lnbmF0dXJl` } };
  return [init, { requestContext: checked && { authorizer: { jwt: { claims: checked } } } }] as const;
}

const admin = { sub: 'u-1', email: 'ada@example.com', groups: ['others', ADMINS] };

describe('the console', () => {
  test('serves the page and the sign-in settings without a token; the page may send requests only to the token endpoint', async () => {
    const { app } = served();
    for (const [path, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/page.js', 'text/javascript; charset=utf-8'],
      ['/page.css', 'text/css; charset=utf-8'],
      ['/icon.svg', 'image/svg+xml'],
    ] as const) {
      const response = await app.request(path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get('content-type'), type);
      const policy = response.headers.get('content-security-policy') ?? '';
      assert.ok(policy.split('; ').includes("connect-src 'self' https://tokens.example.com"), policy);
      assert.doesNotMatch(policy, /unsafe|\*/);
    }
    const { groupsClaim: _, ...publicSignIn } = signIn;
    assert.deepEqual(await (await app.request('/sign-in.json')).json(), publicSignIn);
  });

  test('lets the page send requests to the revocation endpoint too, so that a sign-out can revoke the refresh token', async () => {
    const revocationEndpoint = 'https://revoke.example.com/revoke';
    const app = consoleApp({
      admin: adminWorld().deps,
      apiDescription: openApiDocument(),
      page,
      signIn: { ...signIn, revocationEndpoint },
    });
    const policy = (await app.request('/')).headers.get('content-security-policy') ?? '';
    assert.match(policy, /connect-src 'self' https:\/\/tokens\.example\.com https:\/\/revoke\.example\.com;/);
  });

  test('accepts an admin and records the name in the history', async () => {
    const { app, deps, history } = served();
    await set(deps, 'task.edit', 'https://crm.example.com/');
    const [{ headers }, env] = gateway(admin);
    const response = await app.request('/api/triggers/task.edit/pause', { method: 'POST', headers }, env);
    assert.equal(response.status, 200);
    assert.equal(history.entries[0]?.who, 'ada@example.com (u-1)');
  });

  test('names an admin by email address or user name, and by the subject, which a user cannot change', async () => {
    for (const [claims, who] of [
      [{ ...admin, email: undefined, preferred_username: 'ada' }, 'ada (u-1)'],
      [{ ...admin, email: '' }, 'u-1'],
      [{ ...admin, email: 'x'.repeat(5_000) }, `${'x'.repeat(100)} (u-1)`],
    ] as const) {
      const { app, deps, history } = served();
      await set(deps, 'task.edit', 'https://crm.example.com/');
      const [{ headers }, env] = gateway(claims);
      await app.request('/api/triggers/task.edit/pause', { method: 'POST', headers }, env);
      assert.equal(history.entries[0]?.who, who);
    }
  });

  const otherGroups: [string, unknown][] = [
    ['in no group', undefined],
    ['in other groups', ['crm-trigger-admins-of-another', 'admins']],
    ['in a group whose name contains the name of the admins', [`sales ${ADMINS} staff`]],
    ['whose groups are the text of the name', ADMINS],
    ['whose groups are an object with the name as a key', { [ADMINS]: true }],
  ];
  for (const [who, groups] of otherGroups)
    test(`rejects a user ${who}`, async () => {
      const response = await served().app.request('/api/triggers', ...gateway({ ...admin, groups }));
      assert.equal(response.status, 403);
      assert.deepEqual(await response.json(), {
        error: `ada@example.com (u-1) is not in the group ${ADMINS} or ${VIEWERS}. To fix this, ask an administrator to add you.`,
      });
    });

  test('rejects a token that the gateway has not checked', async () => {
    const { app } = served();
    const [checked, env] = gateway(admin);
    const unchecked: [RequestInit, object][] = [
      [checked, { requestContext: {} }],
      [checked, { requestContext: { authorizer: { lambda: admin } } }],
      [{}, env],
      [{ headers: { authorization: 'Bearer nonsense' } }, env],
      [gateway({ ...admin, sub: 'u-2' })[0], env],
    ];
    for (const [init, bindings] of unchecked)
      assert.equal((await app.request('/api/triggers', init, bindings)).status, 401, JSON.stringify([init, bindings]));
  });

  test('browsers check the public files at each load, and keep no other response in their caches', async () => {
    const { app } = served();
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg', '/sign-in.json'])
      assert.equal((await app.request(path)).headers.get('cache-control'), 'no-cache', path);
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['POST', '/'],
      ['GET', '/api'],
      ['OPTIONS', '/api/triggers'],
    ] as const)
      assert.equal((await app.request(path, { method })).headers.get('cache-control'), 'no-store', `${method} ${path}`);
  });

  test('keeps responses of the API out of caches, with any status', async () => {
    const { app, deps } = served();
    await set(deps, 'task.edit', 'https://crm.example.com/');
    const [init, env] = gateway(admin);
    const [other, otherEnv] = gateway({ ...admin, groups: [] });
    const requests: [path: string, status: number, init?: RequestInit, env?: object][] = [
      ['/api/triggers/task.edit/secret', 200, init, env],
      ['/api/triggers', 200, init, env],
      ['/api/openapi.json', 200, init, env],
      ['/api/nothing', 404, init, env],
      ['/api/triggers/no.such/secret', 404, init, env],
      ['/api/log?limit=x', 400, init, env],
      ['/api/triggers/task.edit/secret', 403, other, otherEnv],
      ['/api/triggers/task.edit/secret', 401, {}, env],
    ];
    for (const [path, status, ...rest] of requests) {
      const response = await app.request(path, ...rest);
      assert.equal(response.status, status, path);
      assert.equal(response.headers.get('cache-control'), 'no-store', `${status} ${path}`);
    }
  });
});
