import { Hono } from 'hono';
import type { Deps } from '../operations/deployment.ts';
import { pullChanges } from '../operations/pull-changes.ts';
import { triggerOfToken } from '../operations/pull-tokens.ts';
import { errorResponse } from './api.ts';
import { CHANGES_PATH } from './serve-page.ts';

/** `GET /changes?after=CURSOR` for receivers. The token decides which trigger's changes are returned. */
export function changesApi(deps: Deps<'changes' | 'pullTokens' | 'logged'>): Hono {
  const app = new Hono();
  app.get(CHANGES_PATH, async (c) => {
    const [, token] = /^bearer ([^ ]+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    const trigger = token && (await triggerOfToken(deps, token));
    if (trigger) return c.json(await pullChanges(deps, trigger, c.req.query('after')));
    const error = 'The pull token is missing or not valid. To fix this, ask an admin for a new one.';
    return c.json({ error }, 401, { 'www-authenticate': 'Bearer realm="changes"' });
  });
  app.onError(errorResponse);
  return app;
}
