import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { errorFields, log } from '../adapters/logger.ts';
import { asUserError, type OperationDeps } from '../operations/deployment.ts';
import { Stale } from '../operations/set-url.ts';
import { UserError, type UserErrorKind } from '../operations/user-error.ts';
import { checkRequest, MalformedRequest } from './api/check-request.ts';
import type { RouteRequest } from './api/route.ts';
import { routes } from './api/routes.ts';
import type { ErrorBody } from './api/shapes.ts';
import type { User } from './api/user.ts';
import { ADMINS } from './sign-in.ts';

/** Enough for a file of eleven long URLs. */
const MAX_BODY_BYTES = 256 * 1024;

const statuses: Readonly<Record<UserErrorKind, ContentfulStatusCode>> = {
  wrong: 422,
  missing: 404,
  conflict: 409,
  stale: 412,
  silent: 504,
  unreachable: 503,
};

/**
 * The operations of admins as JSON over HTTP, under /api.
 *
 * @param userOf Returns the user who sent a request.
 * @param description The OpenAPI description of the routes, as JSON.
 */
export function adminApi(deps: OperationDeps, userOf: (context: Context) => User, description: string): Hono {
  const api = new Hono().basePath('/api');
  api.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => respond(c, 413, { error: 'The request is too long. To fix this, send at most 256 KiB.' }),
    }),
  );
  api.get('/openapi.json', (c) => c.body(description, 200, { 'content-type': 'application/json' }));
  for (const route of routes)
    api.on(route.method, route.path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
      const { who, role } = userOf(c);
      if (route.role === 'admin' && role !== 'admin')
        return respond(c, 403, { error: `You can only read. To fix this, ask a member of ${ADMINS} to do it.` });
      const request = await checkRequest(route, c, { ...deps, who }, role);
      const { json, etag } = await route.run(request as RouteRequest<never, never>);
      return c.json(json as object, 200, etag ? { etag } : {});
    });
  api.all('*', (c) =>
    respond(c, 404, { error: 'This route does not exist. To fix this, choose from /api/openapi.json.' }),
  );
  api.onError(errorResponse);
  return api;
}

const respond = (c: Context, status: ContentfulStatusCode, body: ErrorBody) => c.json(body, status);

/** The response to an error. What the client cannot know is only in the log. */
export function errorResponse(caught: Error, c: Context): Response {
  if (caught instanceof MalformedRequest) return respond(c, caught.status, { error: caught.message });
  const userError = asUserError(caught);
  if (!(userError instanceof UserError)) {
    log('error', 'the admin API failed', errorFields(caught));
    return respond(c, 500, { error: 'The request failed. To fix this, try again; if it fails again, see the log.' });
  }
  const current = caught instanceof Stale ? { current: caught.current } : {};
  return respond(c, statuses[userError.kind], { error: userError.message.replaceAll('\n', ' '), ...current });
}
