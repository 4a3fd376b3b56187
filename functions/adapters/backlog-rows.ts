import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { Trigger } from '../core/entity.ts';
import { fromMessage, type Notification, toMessage } from '../core/notification.ts';
import type { Failed, Parked, TestResult, Tried, Waiting } from './backlog-items.ts';
import type { Row } from './expressions.ts';

/** The version of the items in the backlog table. Items of release 0.2.0 have none; they are read too. */
const VERSION = 1;

/** The retention of items, in days. */
const KEPT_DAYS = { held: 14, parked: 30, failed: 30, test: 1 };
const DAY_SECONDS = 24 * 60 * 60;

/** The retention of the mark of a settled notification, in seconds. No function processes its message for longer. */
const MARK_SECONDS = DAY_SECONDS;

export type List = keyof typeof KEPT_DAYS;

const key = { list: z.string(), place: z.string() };
const number = z._default(z.number(), 0);
const text = z._default(z.string(), '');
const written = { token: z.optional(z.string()), v: z.optional(z.number()) };
// Items call the response to the latest attempt `answer`, as release 0.2.0 did.
const tried = { attempts: number, firstAttempt: number, answer: text, nextTry: number };

const notification = z.pipe(
  z.string(),
  z.transform((message, { issues }) => {
    const read = fromMessage(message);
    if ('id' in read) return read;
    issues.push({ code: 'custom', message: read.unreadable, input: message });
    return z.NEVER;
  }),
);

/** The row of a pending notification, or with `done` the mark of a settled one. */
export const stateRow = z.object({
  ...key,
  ...tried,
  ...written,
  id: z.string(),
  /** The time of the redelivery, which starts a new life; 0 if there was none. */
  life: number,
  done: z._default(z.boolean(), false),
  message: z.optional(z.string()),
  alone: z.optional(z.object({ receives: z.number(), nextReceive: z.number() })),
  /** In the mark of a merged notification: the ID of the one that was called in its place. */
  mergedInto: z.optional(z.string()),
});

export const retryRow = z.object({ ...key, behind: z._default(z.record(z.string(), z.number()), {}) });

const parkedRow = z.object({
  ...key,
  ...tried,
  ...written,
  message: notification,
  parkedAt: number,
  isShared: z._default(z.boolean(), false),
});

const failedRow = z.object({
  ...key,
  ...written,
  id: text,
  reason: text,
  attempts: number,
  failedAt: number,
  changedAt: number,
  sequence: z._default(z.string().check(z.regex(/^\d+$/)), '0'),
  record: text,
  message: z.optional(z.string()),
  keys: z.optional(
    z.pipe(
      z.string(),
      z.transform((keys, { issues }) => {
        try {
          return Object(JSON.parse(keys)) as object;
        } catch {
          issues.push({ code: 'custom', message: 'its keys are not JSON', input: keys });
          return z.NEVER;
        }
      }),
    ),
  ),
});

export const testRow = z.object({
  result: z.pipe(
    z.string(),
    z.transform((json): TestResult => {
      const { answer, ...result } = JSON.parse(json);
      return { ...result, response: answer };
    }),
  ),
});

/**
 * The key of a notification's row. The rows of a trigger are sorted by the time of the change, then by sequence and
 * id.
 */
export function keyOf(of: Pick<Notification, 'trigger' | 'changedAt' | 'sequence' | 'id'>, list: List) {
  const place = `${String(of.changedAt).padStart(15, '0')}#${of.sequence.padStart(40, '0')}#${of.id}`;
  return { list: listOf(of.trigger, list), place };
}

export function listOf(trigger: Trigger, list: List): string {
  return `${trigger}#${list}`;
}

/** The life of a notification. Redelivery starts a new life with the same id. */
export function lifeOf({ redelivered = 0 }: Pick<Notification, 'redelivered'>): number {
  return redelivered;
}

export function toRetryRow({ behind, alone, ...waiting }: Waiting, at: number): Row {
  return { ...toWaitingRow(waiting, 'held', at), ...(behind && { behind }), ...(alone && { alone }) };
}

export function toParkedRow(waiting: Waiting, parkedAt: number, token: string | undefined, at: number): Row {
  return { ...toWaitingRow(waiting, 'parked', at), parkedAt, token, ...(waiting.isShared && { isShared: true }) };
}

/** The mark of a settled notification, which replaces its row. @param mergedInto Into which it was merged, if it was. */
export function toMark(settled: Notification, at: number, mergedInto?: Notification): Row {
  const expiresAt = Math.ceil(at / 1000) + MARK_SECONDS;
  const mark = { ...keyOf(settled, 'held'), v: VERSION, id: settled.id, life: lifeOf(settled), done: true, expiresAt };
  return { ...mark, ...(mergedInto && { mergedInto: mergedInto.id }) };
}

function toWaitingRow(
  { notification, attempts, firstAttempt, response, nextTry }: Waiting,
  list: List,
  at: number,
): Row {
  return {
    ...keyOf(notification, list),
    v: VERSION,
    id: notification.id,
    message: toMessage(notification),
    life: lifeOf(notification),
    ...{ attempts, firstAttempt, answer: response, nextTry },
    expiresAt: expiry(list, at),
  };
}

export function toFailedRow({ notification, keys, stored, trigger, token: _, ...failed }: Failed): Row {
  return {
    ...keyOf({ ...failed, trigger }, 'failed'),
    v: VERSION,
    ...failed,
    token: newToken(),
    ...(stored !== undefined && { message: stored }),
    ...(notification && { message: toMessage(notification) }),
    ...(keys && { keys: JSON.stringify(keys) }),
    expiresAt: expiry('failed', failed.failedAt),
  };
}

export function toTestRow(sent: Notification, { response, ...result }: TestResult, at: number): Row {
  const json = JSON.stringify({ ...result, answer: response });
  return { ...keyOf(sent, 'test'), v: VERSION, result: json, expiresAt: expiry('test', at) };
}

/** The attempts at a notification, as its row has them. */
export function triedOf(row: Omit<Tried, 'response'> & { readonly answer: string }): Tried {
  return { attempts: row.attempts, firstAttempt: row.firstAttempt, response: row.answer, nextTry: row.nextTry };
}

/** @throws {Error} If the row does not belong to this list. */
export function fromParkedRow(row: Row): Parked {
  const parked = z.parse(parkedRow, row);
  const { message, parkedAt, token, isShared } = parked;
  return { notification: message, ...triedOf(parked), parkedAt, token, ...(isShared && { isShared }) };
}

/** It never throws. From an unreadable row it returns the fields that it can read. */
export function fromFailedRow(row: Row, trigger: Trigger): Failed {
  const read = z.safeParse(failedRow, row);
  if (!read.success) return unreadableAsFailed(row, trigger, read.error);
  const { list: _, place: __, v: ___, message, keys, ...failed } = read.data;
  return { ...failed, trigger, ...asNotification(message), ...(keys && { keys }) };
}

/** Returns the fields that can be read from a row of an unknown form, and its stored notification. */
export function unreadableAsFailed(row: Row, trigger: Trigger, error: unknown, failedAt = 0): Failed {
  const because = (error as z.core.$ZodError).issues?.[0]?.message ?? 'it has another shape';
  const [time = '', sequence = '', id = ''] = String(row.place).split('#');
  return {
    id,
    trigger,
    reason: `this version cannot read the notification as it is stored: ${because}`,
    attempts: 0,
    failedAt,
    changedAt: Number(time) || 0,
    sequence: BigInt(/^\d+$/.test(sequence) ? sequence : 0).toString(),
    record: '',
    ...(typeof row.message === 'string' && { stored: row.message }),
  };
}

function asNotification(message: string | undefined): Pick<Failed, 'notification' | 'stored'> {
  if (message === undefined) return {};
  const read = fromMessage(message);
  return 'id' in read ? { notification: read } : { stored: message };
}

export function newToken(): string {
  return randomUUID();
}

function expiry(list: List, from: number): number {
  return Math.ceil(from / 1000) + KEPT_DAYS[list] * DAY_SECONDS;
}
