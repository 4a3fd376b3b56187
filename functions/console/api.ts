import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type * as z from 'zod/mini';
import { errorFields, log } from '../adapters/logger.ts';
import { isTrigger } from '../core/entity.ts';
import { VERSION } from '../core/version.ts';
import { asUserError, type OperationDeps } from '../operations/deployment.ts';
import { Stale } from '../operations/set-url.ts';
import { UserError, type UserErrorKind } from '../operations/user-error.ts';
import { failedRoutes } from './api/failed-routes.ts';
import { logRoutes } from './api/log-routes.ts';
import { openApi } from './api/openapi.ts';
import type { Route, RouteRequest, Schema } from './api/route.ts';
import { secretRoutes } from './api/secret-routes.ts';
import { triggerRoutes } from './api/trigger-routes.ts';
import { noStore } from './serve-page.ts';

const routes = [...triggerRoutes, ...secretRoutes, ...failedRoutes, ...logRoutes];

/** The OpenAPI description of all routes. */
export const apiDescription = openApi(routes, VERSION);

/** More than a file of eleven long URLs needs. */
const MAX_BODY_BYTES = 256 * 1024;

const statuses: Readonly<Record<UserErrorKind, ContentfulStatusCode>> = {
  wrong: 422,
  missing: 404,
  conflict: 409,
  stale: 412,
  silent: 504,
  unreachable: 503,
};

/** The request is not what the API describes. */
class Malformed extends Error {
  readonly status: ContentfulStatusCode;

  constructor(status: ContentfulStatusCode, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The operations as JSON over HTTP, under /api.
 *
 * @param whoOf Names the one who asks, for the history.
 */
export function adminApi(deps: OperationDeps, whoOf: (context: Context) => string): Hono {
  const api = new Hono().basePath('/api');
  api.use(noStore);
  api.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.json({ error: 'The request is too long.' }, 413) }));
  api.get('/openapi.json', (c) => c.json(apiDescription));
  for (const route of routes)
    api.on(route.method, route.path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
      const request = await check(route, c, { ...deps, who: whoOf(c) });
      const { json, etag } = await route.run(request as RouteRequest<never, never>);
      return c.json(json as object, 200, etag ? { etag } : {});
    });
  api.all('*', (c) => c.json({ error: 'There is no such thing: see /api/openapi.json.' }, 404));
  api.onError(reject);
  return api;
}

async function check(route: Route, c: Context, deps: OperationDeps): Promise<RouteRequest<unknown, unknown>> {
  const { trigger = '', name = '' } = c.req.param() as { trigger?: string; name?: string };
  if (route.path.includes('{trigger}') && !isTrigger(trigger))
    throw new Malformed(404, 'There is no such trigger: see /api/triggers.');
  const expectedVersion = (c.req.header('if-match') ?? '').replace(/^(?:W\/)?"(.*)"$/, '$1');
  if (route.locked && expectedVersion === '')
    throw new Malformed(428, 'If-Match is missing: send the ETag of what you saw.');
  return {
    deps,
    trigger: trigger as RouteRequest<unknown, unknown>['trigger'],
    name,
    query: read(route.query, 'The query', () => c.req.query()),
    body: read(route.body, 'The body', await textOf(route, c)),
    expectedVersion,
  };
}

/** The content type is required because a form of another website cannot send it. */
async function textOf(route: Route, c: Context): Promise<() => unknown> {
  if (!route.body) return () => undefined;
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    throw new Malformed(415, 'The body is not JSON: send it as application/json.');
  const text = await c.req.text();
  return () => JSON.parse(text);
}

/** @throws {Malformed} One line that says what is wrong, without the input. */
function read(schema: Schema | undefined, what: string, given: () => unknown): unknown {
  if (!schema) return undefined;
  let value: unknown;
  try {
    value = given();
  } catch {
    throw new Malformed(400, `${what} is not JSON.`);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const { path = [], message = '' } = (checked.error as z.core.$ZodError).issues[0] ?? {};
  throw new Malformed(400, `${what} is not as described: ${[path.join('.'), message].filter(Boolean).join(': ')}.`);
}

function reject(caught: Error, c: Context): Response {
  if (caught instanceof Malformed) return c.json({ error: caught.message }, caught.status);
  const known = asUserError(caught);
  if (!(known instanceof UserError)) {
    log('error', 'the admin API failed', errorFields(caught));
    return c.json({ error: 'Something failed here: try again, and see the log.' }, 500);
  }
  const current = caught instanceof Stale ? { current: caught.current } : {};
  return c.json({ error: known.message.replaceAll('\n', ' '), ...current }, statuses[known.kind]);
}
