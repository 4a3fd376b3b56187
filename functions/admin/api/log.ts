import * as z from 'zod/mini';
import { placePattern } from '../../edge/history.ts';
import { Refusal } from '../refusal.ts';
import { type Route, route } from './route.ts';
import { queryLimit, queryTime, text, trigger } from './shapes.ts';

const outcome = z.enum(['delivered', 'retry', 'gone', 'blocked']);

const entry = z.object({
  at: z.number(),
  trigger,
  id: z.string(),
  formattedString: z.string(),
  attempt: z.int(),
  outcome,
  answer: z.string(),
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

/** What was attempted, and what admins did. */
export const logRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/log',
    summary: 'Attempts and what came of them, the latest first',
    query: z.object({
      trigger: z.optional(trigger),
      outcome: z.optional(outcome),
      id: z.optional(text(100)),
      text: z.optional(text(200)),
      since: z.optional(queryTime),
      next: z.optional(text(2000)),
      limit: queryLimit(100, 1000),
    }),
    answer: z.object({ entries: z.array(entry), next: z.optional(z.string()) }),
    async run({ parts, query: { limit, next, ...filter } }) {
      if (!parts.log) throw new Refusal('This deployment keeps no log of attempts: deploy it again.', 'missing');
      const given = Object.entries(filter).filter(([, value]) => value !== undefined);
      return { json: await parts.log.read(Object.fromEntries(given), limit, next) };
    },
  }),
  route({
    method: 'GET',
    path: '/history',
    summary: 'What admins did: who, when, from what to what; the latest first',
    query: z.object({
      next: z.optional(z.string().check(z.regex(placePattern))),
      limit: queryLimit(100, 1000),
    }),
    answer: z.object({ entries: z.array(historyEntry), next: z.optional(z.string()) }),
    run: async ({ parts, query: { limit, next } }) => ({ json: await parts.history.read(limit, next) }),
  }),
];
