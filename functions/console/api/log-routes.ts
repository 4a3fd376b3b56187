import * as z from 'zod/mini';
import { historyEntry, placePattern } from '../../adapters/history.ts';
import { type LogFilter, loggedOutcomes } from '../../core/log-entry.ts';
import { lastAttempts } from '../../operations/last-attempts.ts';
import { logFilter, searchLog } from '../../operations/search-log.ts';
import { UserError } from '../../operations/user-error.ts';
import { route } from './route.ts';
import { queryLimit, queryTime, text, trigger } from './shapes.ts';

/** `gave-up`: the last attempt of a notification that is in Failed. Only a search for this outcome finds it. */
const outcome = z.enum([...loggedOutcomes, 'gave-up']);

/** The maximum number of reads of the log for one response. */
const MAX_READS = 10;

/** A search returns what it found after this time, in milliseconds. Its `next` continues it. */
const SEARCH_MS = 500;

const logEntry = z.object({
  at: z.number(),
  trigger,
  id: z.string(),
  formattedString: z.string(),
  attempt: z.int(),
  outcome,
  response: z.string(),
  milliseconds: z.number(),
  body: z.optional(z.string()),
  /** Some headers of the response, as lines. */
  headers: z.optional(z.string()),
  test: z.optional(z.literal(true)),
  redelivered: z.optional(z.literal(true)),
});

export type LogEntry = z.output<typeof logEntry>;

/** A count of attempts ends here, or after this time in milliseconds. */
const ENOUGH = 10_000;
const COUNT_MS = 700;

/** The delivery log and the history. */
export const logRoutes = [
  route({
    method: 'GET',
    path: '/log',
    role: 'viewer',
    summary: 'List attempts and their outcomes, newest first',
    query: z.object({
      trigger: z.optional(trigger),
      /** `retry` is an alias of `failed` and `throttled` for one release: release 0.2.0 used it for both. */
      outcome: z.optional(z.enum([...loggedOutcomes, 'gave-up', 'retry'])),
      /** The ID of a notification, or an ID in the formatted string. */
      id: z.optional(text(200)),
      since: z.optional(queryTime),
      until: z.optional(queryTime),
      next: z.optional(text(2000)),
      limit: queryLimit(100, 1000),
    }),
    response: z.object({ entries: z.array(logEntry), next: z.optional(z.string()) }),
    async run({ deps, query: { limit, next, until, outcome, ...filter } }) {
      const from = next ?? (until === undefined ? undefined : deps.log.placeAt(until));
      if (outcome !== 'gave-up') return { json: await page(deps, logFilter({ ...filter, outcome }), limit, from) };
      const log = await lastAttempts(deps, { trigger: filter.trigger });
      const { entries, ...rest } = await page({ log }, logFilter(filter), limit, from);
      return { json: { entries: entries.map((entry) => ({ ...entry, outcome: 'gave-up' as const })), ...rest } };
    },
  }),
  route({
    method: 'GET',
    path: '/log/count',
    role: 'viewer',
    summary: 'Count attempts; the count ends after 10,000, or after 0.7 seconds',
    query: z.object({
      trigger: z.optional(trigger),
      outcome: z.optional(z.enum(loggedOutcomes)),
      /** The ID of a notification, or an ID in the formatted string. */
      id: z.optional(text(200)),
      since: z.optional(queryTime),
      until: z.optional(queryTime),
    }),
    /** `isMinimum`: there can be more than `count`. */
    response: z.object({ count: z.int(), isMinimum: z.boolean() }),
    async run({ deps: { log }, query: { until, ...filter } }) {
      const from = until === undefined ? undefined : log.placeAt(until);
      return { json: await log.count(logFilter(filter), from, ENOUGH, Date.now() + COUNT_MS) };
    },
  }),
  route({
    method: 'GET',
    path: '/triggers/{trigger}/pending',
    role: 'viewer',
    summary: 'Return where a notification is pending after a failed attempt, and when it is attempted next',
    query: z.object({ id: text(100) }),
    /** `null`: it is not pending, was not attempted yet, or is behind many others. */
    response: z.object({
      pending: z.nullable(
        z.object({
          place: z.enum(['queue', 'backlog']),
          attempts: z.int(),
          /** The earliest time of the next attempt, in epoch milliseconds. */
          nextTryAt: z.number(),
        }),
      ),
    }),
    async run({ deps, trigger, query: { id } }) {
      const found = await deps.pending.find(trigger, id);
      const place = found?.list === 'held' ? ('queue' as const) : ('backlog' as const);
      return { json: { pending: found ? { place, attempts: found.attempts, nextTryAt: found.nextTry } : null } };
    },
  }),
  route({
    method: 'GET',
    path: '/history',
    role: 'viewer',
    summary: 'List the actions of admins: who, when, the old and the new value; newest first',
    query: z.object({
      next: z.optional(z.string().check(z.regex(placePattern))),
      limit: queryLimit(100, 1000),
    }),
    response: z.object({ entries: z.array(historyEntry), next: z.optional(z.string()) }),
    run: async ({ deps, query: { limit, next } }) => ({ json: await deps.history.read(limit, next) }),
  }),
] as const;

/** @throws {UserError} When `next` is not the `next` of an earlier response. */
function page(deps: Parameters<typeof searchLog>[0], filter: LogFilter, limit: number, next?: string) {
  return searchLog(deps, filter, limit, MAX_READS, next, Date.now() + SEARCH_MS).catch((error) => {
    throw error instanceof RangeError
      ? new UserError('The parameter next is not valid. To fix this, read the log from the start, without next.')
      : error;
  });
}
