import * as z from 'zod/mini';
import { pause, resume } from '../../operations/pause.ts';
import { queueSize } from '../../operations/queue-size.ts';
import { test } from '../../operations/send-test.ts';
import { list, listMasked } from '../../operations/trigger-status.ts';
import { tryNow } from '../../operations/try-now.ts';
import { route } from './route.ts';
import { certificate, oauth, trigger, url } from './shapes.ts';

const status = z.object({
  trigger,
  url,
  /** When the URL was set or cleared, ISO 8601; `null`: never. */
  changedAt: z.nullable(z.string()),
  version: z.int(),
  state: z.enum(['active', 'parked', 'draining', 'finishing', 'paused']),
  consecutiveFailures: z.int(),
  failingSince: z.nullable(z.number()),
  parkedBecause: z.nullable(z.string()),
  /** The receiver asked for fewer calls, so the backlog is delivered slowly. */
  isThrottled: z.boolean(),
  /** The calls per second at which a receiver that throttles was last called; `null`: not known. */
  throttledRate: z.nullable(z.number()),
  pausedBy: z.nullable(z.enum(['admin', 'gone'])),
  /** When a parked trigger is tried next, epoch milliseconds. */
  nextTryAt: z.nullable(z.number()),
  /** When the oldest notification of the backlog moves to Failed, epoch milliseconds. */
  keptUntil: z.nullable(z.number()),
  /** All pending notifications: waiting for retry, behind a notification that waits for retry, and in the backlog. */
  waiting: z.int(),
  waitingForRetry: z.int(),
  behind: z.int(),
  inBacklog: z.int(),
  headers: z.readonly(z.array(z.string())),
  /** The most calls per second; `null`: no limit. */
  maxPerSecond: z.nullable(z.number()),
  /** Whether pending edits of one record are merged into one call. */
  coalesce: z.boolean(),
  oauth,
  certificate,
});

export type TriggerStatus = z.output<typeof status>;

/** The URLs that are allowed. The page checks them while an admin enters a URL. */
const rules = z.object({
  allowHttp: z.boolean(),
  allowedPorts: z.readonly(z.array(z.number())),
  allowedPrivateNetworks: z.readonly(z.array(z.string())),
});

export type UrlRules = z.output<typeof rules>;

const testResult = z.object({
  trigger,
  delivered: z.boolean(),
  response: z.string(),
  milliseconds: z.number(),
  body: z.string(),
  formattedString: z.string(),
});

export type TestResult = z.output<typeof testResult>;

/** Status, test, pause and resume. */
export const triggerRoutes = [
  route({
    method: 'GET',
    path: '/triggers',
    role: 'viewer',
    summary: 'List all triggers, their URLs and status, the allowed URLs, and the number of queued messages',
    // `null`: SQS did not return the number.
    response: z.object({ triggers: z.array(status), rules, queued: z.nullable(z.int()) }),
    async run({ deps, role }) {
      const [triggers, queued] = await Promise.all([role === 'admin' ? list(deps) : listMasked(deps), queueSize(deps)]);
      return { json: { triggers, rules: deps.rules, queued } };
    },
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/test',
    role: 'admin',
    summary: 'Send a test notification with sample IDs and return the response; this can take a minute',
    response: testResult,
    run: async ({ deps, trigger }) => ({ json: { trigger, ...(await test(deps, trigger)) } }),
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/pause',
    role: 'admin',
    summary: 'Pause the trigger: its notifications wait in the backlog',
    response: z.object({ trigger }),
    async run({ deps, trigger }) {
      await pause(deps, trigger);
      return { json: { trigger } };
    },
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/try-now',
    role: 'admin',
    summary: 'Try a parked trigger now, and not at the scheduled time; rejected if it is not parked',
    response: z.object({ trigger }),
    async run({ deps, trigger }) {
      await tryNow(deps, trigger);
      return { json: { trigger } };
    },
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/resume',
    role: 'admin',
    summary: 'Resume the trigger: deliver pending notifications in order, then new ones; rejected without a URL',
    response: z.object({ trigger }),
    async run({ deps, trigger }) {
      await resume(deps, trigger);
      return { json: { trigger } };
    },
  }),
] as const;
