import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod/mini';
import { adminApi } from '../../functions/console/api.ts';
import { noStore, pageHeaders, servedPage } from '../../functions/console/serve-page.ts';
import { type Entity, entityNames } from '../../functions/core/entity.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { buildPage } from '../../infra/page.ts';
import type { Activity } from './activity.ts';
import { rejectForeignOrigin } from './foreign-origin.ts';
import type { SampleAgent } from './sample-agent.ts';

/** The preferred port, so that bookmarks keep working. If it is in use, any port. */
const USUAL_PORT = 4580;

/** Proxies end connections that are idle for longer. */
const HEARTBEAT_MS = 15_000;

const agentRequest = z.object({
  entity: z.enum(entityNames as [Entity, ...Entity[]]),
  action: z.enum(['create', 'edit', 'delete']),
});

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
  const files = await buildPage({ localRun: true });
  const app = new Hono();
  let port = 0;
  app.use('/api/*', noStore);
  app.use('/local/*', noStore);
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
  app.route(
    '/',
    adminApi(deps, () => deps.who),
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

/** Routes for the buttons of the sample agent and for the activity. */
function localRoutes(agent: SampleAgent, activity: Activity): Hono {
  const app = new Hono();
  app.post('/local/agent', async (c) => {
    const parsed = agentRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success)
      return c.json(
        { error: 'The entity or the action is unknown. To fix this, send an entity and create, edit or delete.' },
        400,
      );
    try {
      return c.json({ row: await agent.act(parsed.data.action, parsed.data.entity) });
    } catch (error) {
      if (error instanceof UserError) return c.json({ error: error.message }, 409);
      throw error;
    }
  });
  app.get('/local/activity', (c) =>
    streamSSE(c, async (stream) => {
      const end = activity.listen((entry) => void stream.writeSSE({ data: JSON.stringify(entry) }));
      stream.onAbort(end);
      while (!stream.aborted) {
        await stream.sleep(HEARTBEAT_MS);
        await stream.write(': heartbeat\n\n');
      }
    }),
  );
  return app;
}
