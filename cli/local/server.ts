import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { adminApi } from '../../functions/console/api.ts';
import { type AgentResponse, agentRequest } from '../../functions/console/local-api.ts';
import { noStore, pageHeaders, servedPage } from '../../functions/console/serve-page.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { buildPage } from '../../infra/page.ts';
import type { Activity } from './activity.ts';
import { rejectForeignOrigin } from './foreign-origin.ts';
import type { SampleAgent } from './sample-agent.ts';

/** Used if it is free, so that bookmarks work; otherwise any port. */
const USUAL_PORT = 4580;

/** Keeps the connection open through proxies and sleep. */
const HEARTBEAT_MS = 15_000;

const INVALID_REQUEST = 'The request is not valid. To fix this, send an entity, and the action create, edit or delete.';

export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Serves the page, the admin API and the agent to this machine alone, without sign-in. */
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

/** The agent's buttons, and what happens for them. */
function localRoutes(agent: SampleAgent, activity: Activity): Hono {
  const app = new Hono();
  app.post('/local/agent', async (c) => {
    const respond = (status: 200 | 400 | 409, body: AgentResponse) => c.json(body, status);
    const request = agentRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!request.success) return respond(400, { error: INVALID_REQUEST });
    try {
      return respond(200, { row: await agent.act(request.data.action, request.data.entity) });
    } catch (error) {
      if (error instanceof UserError) return respond(409, { error: error.message });
      throw error;
    }
  });
  app.get('/local/activity', (c) =>
    streamSSE(c, async (stream) => {
      const end = activity.listen((entry) => void stream.writeSSE({ data: JSON.stringify(entry) }));
      stream.onAbort(end);
      while (!stream.aborted) {
        await stream.sleep(HEARTBEAT_MS);
        await stream.write(': still here\n\n');
      }
    }),
  );
  return app;
}
