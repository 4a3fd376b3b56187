import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { adminApi } from '../../functions/console/api.ts';
import { changesApi } from '../../functions/console/changes-api.ts';
import { noStore, pageHeaders, servedPage } from '../../functions/console/serve-page.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { buildPage } from '../../infra/page.ts';
import { openApiDocument } from '../docs/openapi-document.ts';
import type { Activity } from './activity.ts';
import { rejectForeignOrigin } from './foreign-origin.ts';
import { localRoutes } from './local-routes.ts';
import type { SampleAgent } from './sample-agent.ts';

/** The preferred port, so that bookmarks keep working. If it is in use, any port. */
const USUAL_PORT = 4580;

export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Serves the page, the admin API and the sample agent without sign-in, on the loopback interface only. */
export async function startLocalServer(
  deps: OperationDeps,
  agent: SampleAgent,
  activity: Activity,
  preferredPort = USUAL_PORT,
): Promise<LocalServer> {
  const files = buildPage({ localRun: true });
  const app = new Hono();
  let port = 0;
  app.use(noStore);
  app.use(async (c, next) => {
    const { method, path } = c.req;
    const [host, origin, site] = ['host', 'origin', 'sec-fetch-site'].map((name) => c.req.header(name));
    const rejected = rejectForeignOrigin({ method, path, host, origin, site }, port);
    if (rejected) return c.json({ error: rejected }, 403);
    await next();
  });
  app.use(pageHeaders());
  app.route('/', servedPage(files));
  app.route('/', localRoutes(agent, activity));
  app.route('/', changesApi(deps));
  app.route(
    '/',
    adminApi(deps, () => ({ who: deps.who, role: 'admin' }), openApiDocument()),
  );

  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(preferredPort, '127.0.0.1');
  await once(server, 'listening').catch(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  ({ port } = server.address() as AddressInfo);
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
