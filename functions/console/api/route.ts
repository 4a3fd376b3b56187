import type * as z from 'zod/mini';
import type { Trigger } from '../../core/entity.ts';
import type { AdminParts } from '../../operations/deployment.ts';

export type Schema = z.ZodMiniType;

/** A request, judged. */
export interface Asked<Query, Body> {
  /** `who` is the one who asks. */
  readonly parts: AdminParts;
  readonly trigger: Trigger;
  /** A header's name, where the path has one. */
  readonly name: string;
  readonly query: Query;
  readonly body: Body;
  /** The `If-Match` header without its quotes, where the route is locked. */
  readonly seen: string;
}

/** A kind of request: the API and its description are both made of these. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `{trigger}` and `{name}` stand for what the request names. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Schema;
  readonly body?: Schema;
  readonly answer: Schema;
  /** It overwrites: only with the ETag of what the admin saw, in `If-Match`. */
  readonly locked?: true;
  readonly run: (asked: Asked<never, never>) => Promise<Answered>;
}

interface Answered {
  readonly json: unknown;
  readonly etag?: string;
}

/** A route whose parts fit together: what `run` gets and gives is what the schemas say. */
export function route<Answer extends Schema, Query extends Schema = Schema, Body extends Schema = Schema>(
  of: Omit<Route, 'query' | 'body' | 'answer' | 'run'> & {
    readonly query?: Query;
    readonly body?: Body;
    readonly answer: Answer;
    readonly run: (
      asked: Asked<z.output<Query>, z.output<Body>>,
    ) => Promise<{ readonly json: z.input<Answer>; readonly etag?: string }>;
  },
): Route {
  return of as Route;
}
