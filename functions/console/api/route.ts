import type * as z from 'zod/mini';
import type { Trigger } from '../../core/entity.ts';
import type { OperationDeps } from '../../operations/deployment.ts';
import type { Role } from './user.ts';

export type Schema = z.ZodMiniType;
type OptionalSchema = Schema | undefined;

/** The type of a value that a schema returned; `undefined` without a schema. */
type Output<S extends OptionalSchema> = S extends Schema ? z.output<S> : undefined;

/** A request that was checked against its route. */
export interface RouteRequest<Query, Body> {
  /** `who` is the admin who sent the request. */
  readonly deps: OperationDeps;
  readonly role: Role;
  readonly trigger: Trigger;
  /** The name of a header; empty if the path has no `{name}`. */
  readonly name: string;
  readonly query: Query;
  readonly body: Body;
  /** The `If-Match` header without its quotes; empty if the route is not locked. */
  readonly expectedVersion: string;
}

/** A kind of request. The API, its OpenAPI description and the types of the page's client are made from these. */
export interface Route<
  Method extends 'GET' | 'PUT' | 'POST' | 'DELETE' = 'GET' | 'PUT' | 'POST' | 'DELETE',
  Path extends string = string,
  Query extends OptionalSchema = OptionalSchema,
  Body extends OptionalSchema = OptionalSchema,
  Response extends Schema = Schema,
  Locked extends true | undefined = true | undefined,
> {
  readonly method: Method;
  /** `{trigger}` and `{name}` are parameters. */
  readonly path: Path;
  /** The least role that may send the request. */
  readonly role: Role;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly response: Response;
  /** The request overwrites a URL, so `If-Match` must contain the ETag that the admin read. */
  readonly locked?: Locked;
  readonly run: (request: RouteRequest<never, never>) => Promise<RouteResult<unknown>>;
}

interface RouteResult<Json> {
  readonly json: Json;
  readonly etag?: string;
}

/** Makes a route. The compiler checks that `run` takes and returns the types of the schemas. */
export function route<
  Method extends Route['method'],
  Path extends string,
  Response extends Schema,
  Query extends OptionalSchema = undefined,
  Body extends OptionalSchema = undefined,
  Locked extends true | undefined = undefined,
>(
  definition: Omit<Route<Method, Path, Query, Body, Response, Locked>, 'run'> & {
    readonly run: (request: RouteRequest<Output<Query>, Output<Body>>) => Promise<RouteResult<z.input<Response>>>;
  },
): Route<Method, Path, Query, Body, Response, Locked> {
  return definition;
}
