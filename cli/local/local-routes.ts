import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod/mini';
import { type Entity, entityNames } from '../../functions/core/entity.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Activity } from './activity.ts';
import type { SampleAgent } from './sample-agent.ts';

/** Interval of comments that keep the stream open through proxies and sleep. */
const HEARTBEAT_MS = 15_000;

const agentRequest = z.object({
  entity: z.enum(entityNames as [Entity, ...Entity[]]),
  action: z.enum(['create', 'edit', 'delete']),
});

/** Routes for the buttons of the sample agent and for the activity. */
export function localRoutes(agent: SampleAgent, activity: Activity): Hono {
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
