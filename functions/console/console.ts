// browser → gateway → [the page for everyone, the admin API for admins and viewers]
// receiver → gateway → the changes of its trigger
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import type { OperationDeps } from '../operations/deployment.ts';
import { adminApi } from './api.ts';
import { changesApi } from './changes-api.ts';
import { noStore, type PageFile, pageHeaders, servedPage } from './serve-page.ts';
import { admitMembers, type Env, type PublicSignIn, type SignIn } from './sign-in.ts';

interface ConsoleDeps {
  readonly admin: OperationDeps;
  /** The OpenAPI description of the API, as JSON. */
  readonly apiDescription: string;
  readonly page: Readonly<Record<PageFile, string>>;
  readonly signIn: SignIn;
}

/** The page and the admin API behind the gateway. The gateway rejects requests under /api without a valid token. */
export function consoleApp({ admin, apiDescription, page, signIn }: ConsoleDeps): Hono<Env> {
  const app = new Hono<Env>();
  const { groupsClaim, ...publicSignIn } = signIn;
  app.use(noStore);
  app.use(compress());
  const endpoints = [signIn.tokenEndpoint, signIn.revocationEndpoint ?? signIn.tokenEndpoint];
  app.use(pageHeaders([...new Set(endpoints.map((endpoint) => new URL(endpoint).origin))]));
  app.route('/', servedPage(page));
  app.get('/sign-in.json', (c) => c.json(publicSignIn satisfies PublicSignIn, 200, { 'cache-control': 'no-cache' }));
  app.route('/', changesApi(admin));
  app.use('/api/*', admitMembers({ groupsClaim }));
  app.route(
    '/',
    adminApi(admin, (c) => c.get('user'), apiDescription),
  );
  return app;
}
