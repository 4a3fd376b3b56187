import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { type AgentResponse, agentRequest } from '../../functions/console/local-api.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Activity } from './activity.ts';
import type { SampleAgent } from './sample-agent.ts';

/** Interval of comments that keep the stream open through proxies and sleep. */
const HEARTBEAT_MS = 15_000;

const INVALID_REQUEST = 'The request is not valid. To fix this, send an entity, and the action create, edit or delete.';

/** Routes for the buttons of the sample agent and for the activity. */
export function localRoutes(agent: SampleAgent, activity: Activity): Hono {
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
  app.get('/local/activity', (c) => {
    const response = streamSSE(c, async (stream) => {
      const end = activity.listen((entry) => void stream.writeSSE({ data: JSON.stringify(entry) }));
      stream.onAbort(end);
      while (!stream.aborted) {
        await stream.sleep(HEARTBEAT_MS);
        await stream.write(': heartbeat\n\n');
      }
    });
    // streamSSE sets no-cache, with which a browser may store the stream.
    response.headers.set('cache-control', 'no-store');
    return response;
  });
  return app;
}
