import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { backfillSlice, rowEstimate } from '../../operations/backfill.ts';
import { route } from './route.ts';
import { text, trigger } from './shapes.ts';

const count = z.int().check(z.nonnegative());

/** A key in DynamoDB's form. */
const key = z.record(
  text(255),
  z.object({ S: z.optional(z.string()), N: z.optional(z.string()), B: z.optional(z.string()) }),
);

const uuid = z.string().check(z.regex(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/));

const progress = z.object({
  trigger,
  run: uuid,
  sent: count,
  skipped: count,
  after: z.optional(key),
  done: z.boolean(),
  /** Wait for this time before the next request, in milliseconds. */
  pauseMs: count,
});

/** Backfills, in parts that a client repeats. */
export const backfillRoutes = [
  route({
    method: 'GET',
    path: '/triggers/{trigger}/backfill',
    role: 'admin',
    summary: "Return the number of rows of the trigger's table; DynamoDB updates it about every six hours",
    response: z.object({ rows: count }),
    run: async ({ deps, trigger }) => ({ json: { rows: await rowEstimate(deps, trigger) } }),
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/backfill',
    role: 'admin',
    summary:
      'Send a part of a backfill; repeat it with `run`, `sent`, `skipped` and `after` of the response until `done`',
    body: z.object({
      run: z.optional(uuid),
      sent: z._default(count, 0),
      skipped: z._default(count, 0),
      after: z.optional(key),
      /** Only rows whose attribute `by` has this value or a later one. */
      since: z.optional(text(255)),
      by: z._default(text(255), 'updatedAt'),
      /** Notifications per second. */
      pace: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 50),
      /** Only counts, and sends nothing. */
      dryRun: z._default(z.boolean(), false),
    }),
    response: progress,
    async run({ deps, trigger, body: { run = randomUUID(), sent, skipped, after, ...options } }) {
      const from = { trigger, run, sent, skipped, ...(after && { after }) };
      const { after: next, ...slice } = await backfillSlice(deps, from, options);
      return { json: { ...slice, ...(next && { after: next as z.output<typeof key> }) } };
    },
  }),
] as const;
