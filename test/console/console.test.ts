import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consoleApp } from '../../functions/console/console.ts';
import { ADMINS, type SignIn } from '../../functions/console/sign-in.ts';
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
  return { ...world, app: consoleApp({ admin: world.deps, page, signIn }) };
}

/** What the gateway hands on: the claims that it has checked, and the header as it came. */
function gateway(claims: Record<string, unknown>, checked: object | undefined = { sub: claims.sub }) {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const header = Buffer.from('{"alg":"RS256"}').toString('base64url');
  const init = { headers: { authorization: `Bearer ${header}.${payload}.c2lnbmF0dXJl` } };
  return [init, { requestContext: checked && { authorizer: { jwt: { claims: checked } } } }] as const;
}

const admin = { sub: 'u-1', email: 'ada@example.com', groups: ['others', ADMINS] };

describe('the console', () => {
  test('shows its page and where to sign in to anybody, and lets the page talk to the token endpoint alone', async () => {
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
    const { groupsClaim: _, ...reported } = signIn;
    assert.deepEqual(await (await app.request('/sign-in.json')).json(), reported);
  });

  test('lets in an admin, and knows who it was', async () => {
    const { app, deps, history } = served();
    await set(deps, 'task.edit', 'https://crm.example.com/');
    const [{ headers }, env] = gateway(admin);
    const response = await app.request('/api/triggers/task.edit/pause', { method: 'POST', headers }, env);
    assert.equal(response.status, 200);
    assert.equal(history.entries[0]?.who, 'ada@example.com (u-1)');
  });

  test('names an admin by e-mail address or name, and by the subject, which no one can change', async () => {
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

  const outside: [string, unknown][] = [
    ['in no group', undefined],
    ['in other groups', ['crm-trigger-admins-of-another', 'admins']],
    ['in a group whose name has the admins in it', [`sales ${ADMINS} staff`]],
    ['with the name as text', ADMINS],
    ['with the name as a key', { [ADMINS]: true }],
  ];
  for (const [who, groups] of outside)
    test(`rejects somebody ${who}`, async () => {
      const response = await served().app.request('/api/triggers', ...gateway({ ...admin, groups }));
      assert.equal(response.status, 403);
      assert.deepEqual(await response.json(), {
        error: `ada@example.com (u-1) is signed in, but not in the group ${ADMINS}: ask for it.`,
      });
    });

  test('takes no token that the gateway has not checked', async () => {
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

  test('no response of the API is stored in a cache, whatever its status', async () => {
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
