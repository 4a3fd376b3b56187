import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

const signIn = {
  issuer: 'https://id.example.com',
  clientId: 'page',
  authorizationEndpoint: 'https://id.example.com/authorize',
  tokenEndpoint: 'https://id.example.com/token',
  revocationEndpoint: 'https://id.example.com/revoke',
  endSessionEndpoint: 'https://id.example.com/logout',
};
const session = { idToken: 'MARKER-id', refreshToken: 'MARKER-refresh', until: Date.now() + 3_600_000, who: 'ada' };

const stored = new Map<string, string>();
const requests: { url: string; body: string; signal: AbortSignal | undefined }[] = [];
let left: string | undefined;
let revoke: () => Promise<Response>;

Object.assign(globalThis, {
  dispatchEvent: () => true,
  location: {
    origin: 'https://page.example.com',
    href: 'https://page.example.com/',
    assign: (url: URL) => {
      left = String(url);
    },
  },
  sessionStorage: {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  },
  fetch: async (url: string | URL, init: RequestInit = {}) => {
    if (url === '/sign-in.json') return Response.json(signIn);
    requests.push({ url: String(url), body: String(init.body), signal: init.signal ?? undefined });
    return revoke();
  },
});

interface Page {
  resume(): Promise<boolean>;
  signOut(): Promise<void>;
}

// The compiler does not follow this path: the page's files need the types of a browser.
const file = new URL('../../functions/console/page/sign-in/sign-in.ts', import.meta.url).href;
const { resume, signOut }: Page = await import(file);

beforeEach(async () => {
  requests.length = 0;
  left = undefined;
  revoke = async () => new Response(null, { status: 200 });
  stored.set('crm-triggers.session', JSON.stringify(session));
  assert.equal(await resume(), true);
});

test('a sign-out revokes the refresh token and puts no token into an address', async () => {
  await signOut();
  const [{ url, body } = assert.fail()] = requests;
  assert.equal(url, signIn.revocationEndpoint);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), { token: 'MARKER-refresh', client_id: 'page' });
  assert.equal(requests.length, 1);
  assert.equal(new URL(left ?? '').pathname, '/logout');
  assert.doesNotMatch(`${url} ${left}`, /MARKER/);
  assert.equal(stored.size, 0, 'the tab keeps no token');
});

test('a sign-out ends at the issuer although the revocation fails, and waits at most 5 s for it', async () => {
  revoke = async () => {
    throw new TypeError('no connection');
  };
  await signOut();
  assert.equal(new URL(left ?? '').pathname, '/logout');
  assert.ok(requests[0]?.signal, 'the request is aborted when the issuer does not respond');
});
