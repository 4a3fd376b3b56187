import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Browser } from 'playwright-core';
import { openApiDocument } from '../../cli/docs/openapi-document.ts';
import { consoleApp } from '../../functions/console/console.ts';
import { buildPage } from '../../infra/page.ts';
import { adminWorld } from '../support/admin-world.ts';

const ISSUER = 'https://id.example.com/';

const signIn = {
  issuer: ISSUER,
  clientId: 'page',
  authorizationEndpoint: `${ISSUER}authorize`,
  tokenEndpoint: `${ISSUER}token`,
  groupsClaim: 'groups',
};

/** A token whose signature nobody checks. */
function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

/**
 * The deployed page and API over stores in memory. A fake gateway accepts each token, and a fake issuer signs in a user of these
 * groups without a form.
 */
export async function signedInPage(browser: Browser, groups: readonly string[]) {
  const world = adminWorld();
  const app = consoleApp({
    admin: world.deps,
    apiDescription: openApiDocument(),
    page: await buildPage({ localRun: false }),
    signIn,
  });
  const requestContext = { authorizer: { jwt: { claims: { sub: 'u-1' } } } };
  const server = createAdaptorServer({
    fetch: (request) =>
      new URL(request.url).pathname.startsWith('/api/') && !request.headers.has('authorization')
        ? new Response('{"error":"Unauthorized"}', { status: 401 })
        : app.fetch(request, { requestContext }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const context = await browser.newContext();
  let nonce: string | null = null;
  await context.route(`${ISSUER}authorize*`, async (route) => {
    const { searchParams } = new URL(route.request().url());
    nonce = searchParams.get('nonce');
    const location = `${searchParams.get('redirect_uri')}?code=c&state=${searchParams.get('state')}`;
    await route.fulfill({ status: 302, headers: { location } });
  });
  await context.route(`${ISSUER}token`, async (route) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: ISSUER,
      aud: 'page',
      sub: 'u-1',
      email: 'eve@example.com',
      groups,
      nonce,
      iat: now,
      exp: now + 3600,
    };
    await route.fulfill({
      headers: { 'access-control-allow-origin': '*' },
      json: { access_token: 'a', token_type: 'bearer', id_token: tokenOf(claims), expires_in: 3600 },
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/')) bodies.push(response.text().catch(() => ''));
  });
  return {
    ...world,
    page,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** The bodies of all responses of the API so far. */
    received: async () => (await Promise.all(bodies)).join('\n'),
    async [Symbol.asyncDispose]() {
      await context.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
