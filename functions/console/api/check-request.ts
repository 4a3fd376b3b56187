import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type * as z from 'zod/mini';
import { isTrigger, type Trigger } from '../../core/entity.ts';
import type { OperationDeps } from '../../operations/deployment.ts';
import type { Route, RouteRequest, Schema } from './route.ts';
import type { Role } from './user.ts';

/** The request does not match the description of the API. */
export class MalformedRequest extends Error {
  readonly status: ContentfulStatusCode;

  constructor(status: ContentfulStatusCode, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws {MalformedRequest} One line that names the field. It contains no value of the request. */
export async function checkRequest(
  route: Route,
  c: Context,
  deps: OperationDeps,
  role: Role,
): Promise<RouteRequest<unknown, unknown>> {
  const { trigger = '', name = '' } = c.req.param() as { trigger?: string; name?: string };
  if (route.path.includes('{trigger}') && !isTrigger(trigger))
    throw new MalformedRequest(404, 'This trigger does not exist. To fix this, choose from GET /api/triggers.');
  const expectedVersion = (c.req.header('if-match') ?? '').replace(/^(?:W\/)?"(.*)"$/, '$1');
  if (route.locked && expectedVersion === '')
    throw new MalformedRequest(428, 'If-Match is missing. To fix this, send the ETag that you read.');
  return {
    deps,
    role,
    trigger: trigger as Trigger,
    name,
    query: parse(route.query, 'query', () => c.req.query()),
    body: parse(route.body, 'body', await bodyOf(route, c)),
    expectedVersion,
  };
}

/** Only JSON is accepted, because a form on another website cannot send that content type. */
async function bodyOf(route: Route, c: Context): Promise<() => unknown> {
  if (!route.body) return () => undefined;
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    throw new MalformedRequest(415, 'The body is not JSON. To fix this, send the content type application/json.');
  const text = await c.req.text();
  return () => JSON.parse(text);
}

function parse(schema: Schema | undefined, part: 'query' | 'body', read: () => unknown): unknown {
  if (!schema) return undefined;
  let value: unknown;
  try {
    value = read();
  } catch {
    throw new MalformedRequest(400, `The ${part} is not JSON. To fix this, send valid JSON.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path = [], message = '' } = (parsed.error as z.core.$ZodError).issues[0] ?? {};
  const problem = [path.join('.'), message].filter(Boolean).join(': ');
  throw new MalformedRequest(400, `The ${part} is not valid: ${problem}. To fix this, see /api/openapi.json.`);
}
