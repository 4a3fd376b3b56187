import * as z from 'zod/mini';
import { type Trigger, triggers } from '../../core/entity.ts';

/** The shapes that several routes share. */

export const trigger = z.enum(triggers as [Trigger, ...Trigger[]]);

export const url = z.nullable(z.string());

export const text = (longest: number) => z.string().check(z.minLength(1), z.maxLength(longest));

/** Epoch milliseconds. */
export const time = z.int().check(z.nonnegative());

/** The same in a query, where everything is text. */
export const queryTime = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/)),
  z.transform((digits) => Number(digits)),
);

/** The limit of entries in a response. */
export const queryLimit = (usual: number, most: number) =>
  z.pipe(
    z._default(z.string().check(z.regex(/^[1-9]\d{0,3}$/)), String(usual)),
    z.transform((digits) => Math.min(Number(digits), most)),
  );

export const done = z.object({ trigger });

/** What is known of one trigger. */
export const status = z.object({
  trigger,
  url,
  changedAt: z.nullable(z.string()),
  version: z.int(),
  state: z.enum(['active', 'parked', 'draining', 'finishing', 'paused']),
  consecutiveFailures: z.int(),
  failingSince: z.nullable(z.number()),
  parkedBecause: z.nullable(z.string()),
  /** The receiver asks for fewer calls: its backlog is delivered slowly. */
  isThrottled: z.boolean(),
  pausedBy: z.nullable(z.enum(['admin', 'gone'])),
  /** All pending notifications: waiting for retry, behind one of their record that does, and in the backlog. */
  waiting: z.int(),
  waitingForRetry: z.int(),
  behind: z.int(),
  inBacklog: z.int(),
  headers: z.readonly(z.array(z.string())),
});

/** The allowed URLs: the page checks input with the same code. */
export const rules = z.object({
  allowHttp: z.boolean(),
  allowedPorts: z.readonly(z.array(z.number())),
  allowedPrivateNetworks: z.readonly(z.array(z.string())),
});
