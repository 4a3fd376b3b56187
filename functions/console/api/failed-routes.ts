import * as z from 'zod/mini';
import type { Failed } from '../../adapters/backlog-items.ts';
import { failed, latestFailed, planRedelivery, redeliver } from '../../operations/failed.ts';
import { UserError } from '../../operations/user-error.ts';
import { type Route, route } from './route.ts';
import { queryLimit, queryTime, text, time, trigger } from './shapes.ts';

const notificationId = text(100);

const shown = z.object({
  id: z.string(),
  trigger,
  reason: z.string(),
  attempts: z.int(),
  failedAt: z.number(),
  changedAt: z.number(),
  /** `null` when the change could not be formatted; then `keys` is the row's key. */
  formattedString: z.nullable(z.string()),
  keys: z.nullable(z.record(z.string(), z.unknown())),
});

const choice = z.object({
  ids: z.optional(z.array(notificationId).check(z.minLength(1), z.maxLength(1000))),
  trigger: z.optional(trigger),
  since: z.optional(time),
  all: z.optional(z.literal(true)),
  /** Without it nothing is sent: the response says what would be sent, and what would be rejected. */
  confirmed: z.optional(z.boolean()),
});

/** The routes for Failed and redelivery. */
export const failedRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/failed',
    summary: 'What was moved to Failed, and why, the latest first',
    query: z.object({
      trigger: z.optional(trigger),
      since: z.optional(queryTime),
      id: z.optional(notificationId),
      limit: queryLimit(200, 1000),
    }),
    response: z.object({ failed: z.array(shown), total: z.int() }),
    async run({ deps, query: { limit, ...choice } }) {
      const { failed: latest, total } = await latestFailed(deps, choice, limit);
      return { json: { failed: latest.map(asShown), total } };
    },
  }),
  route({
    method: 'POST',
    path: '/redeliver',
    summary: 'Send again what was moved to Failed: some by their ids, or all of a trigger, since a time, or at all',
    body: choice,
    response: z.object({
      confirmed: z.boolean(),
      chosen: z.array(z.object({ id: z.string(), trigger, rejected: z.optional(z.string()) })),
    }),
    async run({ deps, body: { ids, trigger, since, all, confirmed = false } }) {
      if (!(ids || trigger || since !== undefined || all))
        throw new UserError('Nothing is chosen: name ids, a trigger, since or all.');
      const wanted = ids && new Set(ids);
      const chosen = (await failed(deps, { trigger, since })).filter(({ id }) => wanted?.has(id) ?? true);
      if (chosen.length === 0) throw new UserError('Nothing of that has failed.', 'missing');
      if (confirmed) return { json: { confirmed, chosen: await redeliver(deps, chosen) } };
      return { json: { confirmed, chosen: await planRedelivery(deps, chosen) } };
    },
  }),
];

function asShown({ id, trigger, reason, attempts, failedAt, changedAt, notification, keys }: Failed) {
  const formattedString = notification?.formattedString ?? null;
  const row = (keys ?? null) as Record<string, unknown> | null;
  return { id, trigger, reason, attempts, failedAt, changedAt, formattedString, keys: row };
}
