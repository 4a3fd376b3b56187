import * as z from 'zod/mini';
import { placePattern } from '../../adapters/history.ts';
import type { LogFilter } from '../../core/log-entry.ts';
import { outcomeKinds } from '../../core/outcome.ts';
import type { OperationDeps } from '../../operations/deployment.ts';
import { logFilter, searchLog } from '../../operations/search-log.ts';
import { UserError } from '../../operations/user-error.ts';
import { type Route, route } from './route.ts';
import { queryLimit, queryTime, text, trigger } from './shapes.ts';

const outcome = z.enum(outcomeKinds);

/** How often the log is read for a page, at most. */
const LOOKS = 10;

const entry = z.object({
  at: z.number(),
  trigger,
  id: z.string(),
  formattedString: z.string(),
  attempt: z.int(),
  outcome,
  response: z.string(),
  milliseconds: z.number(),
  body: z.optional(z.string()),
  test: z.optional(z.literal(true)),
  redelivered: z.optional(z.literal(true)),
});

const historyEntry = z.object({
  at: z.number(),
  who: z.string(),
  what: z.enum(['url', 'state', 'secret', 'header', 'redelivered']),
  trigger,
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
});

/** The routes for the delivery log and the history. */
export const logRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/log',
    summary: 'Attempts and the result of them, the latest first',
    query: z.object({
      trigger: z.optional(trigger),
      /** `retry` is an alias of `failed` for one release: release 0.2.0 used it. */
      outcome: z.optional(z.enum([...outcomeKinds, 'retry'])),
      /** A notification's, or one that stands in the formatted string. */
      id: z.optional(text(200)),
      since: z.optional(queryTime),
      next: z.optional(text(2000)),
      limit: queryLimit(100, 1000),
    }),
    response: z.object({ entries: z.array(entry), next: z.optional(z.string()) }),
    run: async ({ deps, query: { limit, next, ...filter } }) => ({
      json: await page(deps, logFilter(filter), limit, next),
    }),
  }),
  route({
    method: 'GET',
    path: '/history',
    summary: 'What admins did: who, when, from what to what; the latest first',
    query: z.object({
      next: z.optional(z.string().check(z.regex(placePattern))),
      limit: queryLimit(100, 1000),
    }),
    response: z.object({ entries: z.array(historyEntry), next: z.optional(z.string()) }),
    run: async ({ deps, query: { limit, next } }) => ({ json: await deps.history.read(limit, next) }),
  }),
];

/** @throws {UserError} When `next` is not what an earlier page gave. */
function page(deps: OperationDeps, filter: LogFilter, limit: number, next?: string) {
  return searchLog(deps, filter, limit, LOOKS, next).catch((error) => {
    throw error instanceof RangeError ? new UserError('This is no place in the log: read it from the start.') : error;
  });
}
