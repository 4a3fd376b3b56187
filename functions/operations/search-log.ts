import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryLog, LogEntry, LogFilter } from '../adapters/delivery-log.ts';
import { isTrigger } from '../core/entity.ts';
import { loggedOutcomes } from '../core/log-entry.ts';
import { printable } from '../core/printable.ts';
import type { Deps } from './deployment.ts';
import { UserError } from './user-error.ts';

/** The interval at which a followed log is read, in milliseconds. */
const FOLLOW_MS = 1_000;

/** The outcomes that release 0.2.0 called `retry`. The alias works for one release. */
const retryKinds: ReadonlySet<LogEntry['outcome']> = new Set(['failed', 'throttled']);

/** The filter that a user entered. */
export interface LogFilterInput {
  readonly trigger?: string | undefined;
  readonly outcome?: string | undefined;
  readonly id?: string | undefined;
  readonly since?: number | undefined;
}

/** @throws {UserError} If the outcome does not exist. */
export function logFilter({ trigger, outcome, id, since }: LogFilterInput): LogFilter {
  const outcomes = loggedOutcomes.filter((kind) => kind === outcome || (outcome === 'retry' && retryKinds.has(kind)));
  if (outcome !== undefined && outcomes.length === 0)
    throw new UserError(`There is no outcome "${printable(outcome)}": the outcomes are ${loggedOutcomes.join(', ')}.`);
  return {
    ...(isTrigger(trigger) && { trigger }),
    ...(outcome !== undefined && { outcomes }),
    ...(id !== undefined && idOrText(id)),
    ...(since !== undefined && { since }),
  };
}

/** The filter of an entered ID: that of a notification, or one in the formatted string. */
export function idOrText(entered: string): { readonly id: string } | { readonly text: string } {
  return /^msg_[\da-f]{32}$/.test(entered) ? { id: entered } : { text: entered };
}

/**
 * Reads at most `limit` entries, newest first. It reads several times, because one read searches only a part of the log.
 *
 * @param looks The maximum number of reads.
 * @param from The `next` of an earlier page.
 * @param end No read begins after this time, in epoch milliseconds.
 * @returns `next` if there can be more.
 * @throws {RangeError} If `from` is not the `next` of an earlier page.
 */
export async function searchLog(
  { log }: { readonly log: Pick<DeliveryLog, 'read'> },
  filter: LogFilter,
  limit: number,
  looks: number,
  from?: string,
  end = Number.POSITIVE_INFINITY,
): Promise<{ entries: LogEntry[]; next?: string }> {
  const entries: LogEntry[] = [];
  let next = from;
  for (let look = 0; look < looks; look++) {
    const found = await log.read(filter, limit - entries.length, next, end);
    entries.push(...found.entries);
    next = found.next;
    if (next === undefined || entries.length >= limit || Date.now() >= end) break;
  }
  return { entries, ...(next !== undefined && { next }) };
}

/** Reads at most `limit` of the latest entries, newest last. */
export async function latest(deps: Deps<'log'>, filter: LogFilter, limit: number): Promise<LogEntry[]> {
  const { entries } = await searchLog(deps, filter, limit, Number.POSITIVE_INFINITY);
  return entries.reverse();
}

/** Yields the latest entries, and then new ones without end. */
export async function* follow(
  deps: Deps<'log'>,
  filter: LogFilter,
  limit: number,
  pause: () => Promise<unknown> = () => sleep(FOLLOW_MS),
): AsyncGenerator<LogEntry> {
  const news = deps.log.follow(filter);
  // Following starts before the latest entries are read, so that none is missed. Some entries are then in both.
  await news();
  const before = await latest(deps, filter, limit);
  yield* before;
  const shown = new Set(before.map(attemptOf));
  for (;;) {
    await pause();
    for (const entry of await news()) if (!shown.has(attemptOf(entry))) yield entry;
  }
}

function attemptOf({ id, attempt, at }: LogEntry): string {
  return `${id} ${attempt} ${at}`;
}
