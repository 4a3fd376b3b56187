import * as z from 'zod/mini';
import type { Failed } from '../../adapters/backlog-items.ts';
import { failed, latestFailed, redeliver } from '../../operations/failed.ts';
import { idOrText } from '../../operations/search-log.ts';
import { planRedelivery } from '../../operations/send-again.ts';
import { UserError } from '../../operations/user-error.ts';
import { route } from './route.ts';
import { queryLimit, queryOffset, queryTime, text, time, trigger } from './shapes.ts';

const notificationId = text(100);

const failedNotification = z.object({
  id: z.string(),
  trigger,
  reason: z.string(),
  attempts: z.int(),
  failedAt: z.number(),
  changedAt: z.number(),
  /** `null`: the change could not be formatted; `keys` is then the key of the row. */
  formattedString: z.nullable(z.string()),
  keys: z.nullable(z.record(z.string(), z.unknown())),
});

export type FailedNotification = z.output<typeof failedNotification>;

const selection = z.object({
  ids: z.optional(z.array(notificationId).check(z.minLength(1), z.maxLength(1000))),
  trigger: z.optional(trigger),
  since: z.optional(time),
  all: z.optional(z.literal(true)),
  /** Without it, nothing is sent. The response then lists the notifications that would be sent and rejected. */
  confirmed: z.optional(z.boolean()),
});

const redelivery = z.object({
  confirmed: z.boolean(),
  chosen: z.array(z.object({ id: z.string(), trigger, rejected: z.optional(z.string()) })),
});

export type Redelivery = z.output<typeof redelivery>;

/** Failed notifications and their redelivery. */
export const failedRoutes = [
  route({
    method: 'GET',
    path: '/failed',
    role: 'viewer',
    summary: 'List failed notifications and the reasons, newest first',
    query: z.object({
      trigger: z.optional(trigger),
      since: z.optional(queryTime),
      until: z.optional(queryTime),
      /** The ID of a notification, or an ID in the formatted string. */
      id: z.optional(text(200)),
      /** The number of newer entries that are left out. */
      offset: queryOffset,
      limit: queryLimit(200, 1000),
    }),
    /** `isMinimum`: there can be more than `total`. */
    response: z.object({ failed: z.array(failedNotification), total: z.int(), isMinimum: z.boolean() }),
    async run({ deps, query: { limit, offset, id, ...filter } }) {
      const choice = { ...filter, ...(id !== undefined && idOrText(id)) };
      const { failed: latest, ...totals } = await latestFailed(deps, choice, offset + limit);
      return { json: { failed: latest.slice(offset).map(shown), ...totals } };
    },
  }),
  route({
    method: 'POST',
    path: '/redeliver',
    role: 'admin',
    summary: 'Send failed notifications again: by ID, of one trigger, since a time, or all',
    body: selection,
    response: redelivery,
    async run({ deps, body: { ids, trigger, since, all, confirmed = false } }) {
      if (!(ids || trigger || since !== undefined || all))
        throw new UserError('No notifications are selected. To fix this, send ids, trigger, since or all.');
      const wanted = ids && new Set(ids);
      const chosen = (await failed(deps, { trigger, since })).filter(({ id }) => wanted?.has(id) ?? true);
      if (chosen.length === 0)
        throw new UserError('No failed notification matches. To fix this, choose from GET /api/failed.', 'missing');
      return { json: { confirmed, chosen: await (confirmed ? redeliver : planRedelivery)(deps, chosen) } };
    },
  }),
] as const;

function shown({ id, trigger, reason, attempts, failedAt, changedAt, notification, keys }: Failed): FailedNotification {
  const formattedString = notification?.formattedString ?? null;
  const row = (keys ?? null) as FailedNotification['keys'];
  return { id, trigger, reason, attempts, failedAt, changedAt, formattedString, keys: row };
}
