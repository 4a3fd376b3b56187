import type * as z from 'zod/mini';
import type { Trigger } from '../../core/entity.ts';
import type { OperationDeps } from '../../operations/deployment.ts';

export type Schema = z.ZodMiniType;

/** A request, checked. */
export interface RouteRequest<Query, Body> {
  /** `who` is the one who asks. */
  readonly deps: OperationDeps;
  readonly trigger: Trigger;
  /** A header's name, where the path has one. */
  readonly name: string;
  readonly query: Query;
  readonly body: Body;
  /** The `If-Match` header without its quotes, where the route is locked. */
  readonly expectedVersion: string;
}

/** A route: the API and its description are made of these. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `{trigger}` and `{name}` stand for what the request names. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Schema;
  readonly body?: Schema;
  readonly response: Schema;
  /** It overwrites something: `If-Match` must have the ETag that the admin saw. */
  readonly locked?: true;
  readonly run: (request: RouteRequest<never, never>) => Promise<RouteResult>;
}

interface RouteResult {
  readonly json: unknown;
  readonly etag?: string;
}

/** Makes a route, and checks that the types of `run` fit its schemas. */
export function route<Result extends Schema, Query extends Schema = Schema, Body extends Schema = Schema>(
  of: Omit<Route, 'query' | 'body' | 'response' | 'run'> & {
    readonly query?: Query;
    readonly body?: Body;
    readonly response: Result;
    readonly run: (
      request: RouteRequest<z.output<Query>, z.output<Body>>,
    ) => Promise<{ readonly json: z.input<Result>; readonly etag?: string }>;
  },
): Route {
  return of as Route;
}
