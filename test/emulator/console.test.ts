import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { ADMINS, type SignIn } from '../../functions/console/sign-in.ts';
import { findDeployment, stackOutputs } from '../../functions/operations/deployment.ts';
import { createPullToken, revokePullToken } from '../../functions/operations/pull-tokens.ts';
import { startChromium } from '../browser/chromium.ts';
import { deployedStack, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { type Client, UserPool } from '../support/user-pool.ts';

const password = 'Correct-horse-battery-1';
const ada = 'ada@example.com';
const eve = 'eve@example.com';

let stack: Awaited<ReturnType<typeof deployedStack>>;
let consoleUrl: string;
let pool: UserPool;
let page: Client;

/** Sends a request to the HTTP API by the emulator's endpoint, because not all clients resolve names below localhost. */
const request = (path: string, init: RequestInit = {}) => {
  const [api] = new URL(consoleUrl).hostname.split('.');
  return fetch(`${stack.endpoint}/_aws/execute-api/${api}/$default${path}`, init);
};
const bearing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** All routes in the OpenAPI description of the API, with values for the path parameters. */
async function routes(token: string): Promise<[method: string, path: string][]> {
  const { paths } = (await (await request('/api/openapi.json', bearing(token))).json()) as { paths: object };
  // The tokens of receivers, which `/changes` needs, have a test of their own.
  const ofAdmins = Object.entries(paths).filter(([path]) => path.startsWith('/api/'));
  return ofAdmins.flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [
      method.toUpperCase(),
      path.replace('{trigger}', 'task.edit').replace('{name}', 'x-key'),
    ]),
  );
}

// Other emulators can lack user pools and HTTP APIs without an error.
const skip =
  process.env.AWS_ENDPOINT_URL !== undefined && 'needs its own MiniStack, with hostnames that a browser resolves';

describe('the deployed console', { skip }, () => {
  before(async () => {
    stack = await deployedStack(['CrmTriggers', 'CrmTriggersConsole'], 'localhost');
    const outputs = await stackOutputs('CrmTriggersConsole');
    consoleUrl = outputs.ConsoleUrl ?? '';
    pool = new UserPool(stack.endpoint, outputs.UserPoolId ?? '');
    const { clientId } = (await (await request('/sign-in.json')).json()) as SignIn;
    page = { clientId, redirectUri: consoleUrl };
    await pool.addUser(ada, password, ADMINS);
    await pool.addUser(eve, password);
  });
  after(() => stack?.end());

  test('all routes respond only to admins: 401 without a valid token for the page, 403 outside the group', async () => {
    const admin = await pool.signIn(page, ada, password);
    const all = await routes(admin);
    assert.ok(all.length >= 16, `${all.length} routes`);

    const client = { ClientId: page.clientId, AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: ['code'] };
    const same = { ...client, CallbackURLs: [consoleUrl], AllowedOAuthScopes: ['openid', 'email'] };
    const units = { TokenValidityUnits: { IdToken: 'seconds' } };
    await pool.ask('UpdateUserPoolClient', { ...same, ...units, IdTokenValidity: 1 });
    const expired = await pool.signIn(page, ada, password);
    await pool.ask('UpdateUserPoolClient', { ...same, ...units, IdTokenValidity: 3600 });
    const { UserPoolClient } = await pool.ask('CreateUserPoolClient', { ...same, ClientName: 'another page' });
    const { ClientId } = UserPoolClient as unknown as { ClientId: string };
    const [head, , signature] = admin.split('.');
    const payload = Buffer.from(JSON.stringify({ sub: 'x', 'cognito:groups': [ADMINS] })).toString('base64url');
    const foreignRequests: [who: string, status: number, token?: string][] = [
      ['no token', 401],
      ['an invalid token', 401, 'nonsense'],
      ['a forged token', 401, `${head}.${payload}.${signature}`],
      ['an expired token of an admin', 401, expired],
      ['a token of an admin for another page', 401, await pool.signIn({ ...page, clientId: ClientId }, ada, password)],
      ['a token of a user who is not an admin', 403, await pool.signIn(page, eve, password)],
    ];
    const isExpired = async () => (await request('/api/triggers', bearing(expired))).status === 401;
    await until('the token has expired', isExpired);
    for (const [who, status, token] of foreignRequests)
      for (const [method = '', path = ''] of [...all, ['GET', '/api/openapi.json'], ['GET', '/api/nothing']]) {
        const response = await request(path, { method, ...(token && bearing(token)) });
        assert.equal(response.status, status, `${who}: ${method} ${path}`);
      }
    assert.equal((await request('/api/triggers', bearing(admin))).status, 200);
    assert.deepEqual(
      await (await request('/api/history', bearing(admin))).json(),
      { entries: [] },
      'nothing was changed',
    );
  });

  test('an admin signs in by the form, sets a URL that is called, and is in the history', async (t) => {
    await using server = await receiver((_, response) => response.end('ok'));
    const browser: Browser = await startChromium();
    const context = await browser.newContext();
    t.after(() => browser.close());
    // The hostname of the user pool's pages belongs to AWS, so the requests are sent to the emulator instead.
    await context.route(/^https:\/\/[^/]+\.amazoncognito\.com\//, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      await route.fulfill({
        response: await route.fetch({ url: `${stack.endpoint}${pathname}${search}`, maxRedirects: 0 }),
      });
    });
    const tab = await context.newPage();
    const pageErrors: string[] = [];
    tab.on('pageerror', (error) => pageErrors.push(String(error)));
    await tab.goto(`${consoleUrl}#history`);
    await tab.locator('input[name=username]').fill(ada);
    await tab.locator('input[name=password]').fill(password);
    await tab.locator('[type=submit]').click();
    await tab.getByRole('heading', { name: 'History' }).waitFor();
    await tab.getByText(ada).waitFor();
    assert.equal(tab.url(), `${consoleUrl}#history`, 'no code is left in the address');

    await tab.getByRole('link', { name: 'Triggers' }).click();
    const field = tab.getByLabel('Edit task: URL');
    await field.fill(`${server.origin}/mine`);
    await field.press('Enter');
    const row = tab.getByRole('group', { name: 'task.edit', exact: true });
    await row.getByText('Saved.').waitFor();
    await row.getByRole('button', { name: 'Details' }).click();
    await row.getByRole('button', { name: 'Test' }).click();
    await row.getByText(/Delivered: HTTP 200/).waitFor({ timeout: 30_000 });
    assert.equal(server.calls.length, 1);
    await tab.getByRole('link', { name: 'History' }).click();
    await tab.getByRole('row').filter({ hasText: 'task.edit' }).getByText(ada).waitFor();

    await tab.reload();
    await tab.getByText(ada).first().waitFor();
    const endsSession = tab.waitForRequest(/\.amazoncognito\.com\/logout\?/);
    await Promise.all([endsSession, tab.getByRole('button', { name: 'Sign out' }).click()]);
    await tab.locator('input[name=username]').waitFor();
    // A request that is pending when the browser is closed would fail.
    await tab.waitForLoadState();
    assert.deepEqual(pageErrors, []);
  });

  test('a receiver reads its changes with the pull token of its trigger, and with nothing else', async () => {
    const deps = await findDeployment();
    const token = await createPullToken(deps, 'case.edit');
    const response = await request('/changes', bearing(token));
    assert.equal(response.status, 200);
    assert.deepEqual(Object.keys((await response.json()) as object), ['changes', 'next', 'more', 'logged']);
    await revokePullToken(deps, 'case.edit');
    const admin = await pool.signIn(page, ada, password);
    for (const given of [{}, bearing(token), bearing(admin)]) {
      const rejected = await request('/changes', given);
      assert.deepEqual([rejected.status, rejected.headers.get('www-authenticate')], [401, 'Bearer realm="changes"']);
    }
  });
});
