import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry, LogFilter } from '../adapters/delivery-log.ts';
import { isTrigger } from '../core/entity.ts';
import { outcomeKinds } from '../core/outcome.ts';
import { oneLine, printable } from '../core/printable.ts';
import type { Deps } from './deployment.ts';
import { UserError } from './user-error.ts';

/** How often a followed log is read, milliseconds. */
const FOLLOW_MS = 1_000;

const MOST = 10_000;

/** So much of a response's body stands in a line. */
const LINE_BODY = 200;

/** The filter that a user entered. */
export interface LogFilterInput {
  readonly trigger?: string | undefined;
  readonly outcome?: string | undefined;
  readonly id?: string | undefined;
  readonly since?: number | undefined;
}

/** @throws {UserError} When there is no such outcome. */
export function logFilter({ trigger, outcome, id, since }: LogFilterInput): LogFilter {
  // `retry` is an alias for one release: release 0.2.0 used it for `failed`.
  const kind = outcomeKinds.find((one) => one === (outcome === 'retry' ? 'failed' : outcome));
  if (outcome !== undefined && !kind)
    throw new UserError(`There is no outcome "${printable(outcome)}": the outcomes are ${outcomeKinds.join(', ')}.`);
  return {
    ...(isTrigger(trigger) && { trigger }),
    ...(kind && { outcome: kind }),
    // A notification's id, or one of the CRM's.
    ...(id !== undefined && (/^msg_[\da-f]{32}$/.test(id) ? { id } : { text: id })),
    ...(since !== undefined && { since }),
  };
}

/** @throws {UserError} When it is no number of entries. */
export function logLimit(entered = '50'): number {
  const limit = Number(entered);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new UserError(`--limit is how many entries, from 1 to ${MOST}.`);
}

/**
 * Reads entries, the newest first, at most `limit`. It reads several times, because one read has a limit before it
 * has searched everything.
 *
 * @param looks How often at most.
 * @param from Where an earlier page ended.
 * @returns `next` when there may be more.
 * @throws {RangeError} When `from` is not what an earlier page gave.
 */
export async function searchLog(
  { log }: Deps<'log'>,
  filter: LogFilter,
  limit: number,
  looks: number,
  from?: string,
): Promise<{ entries: LogEntry[]; next?: string }> {
  const entries: LogEntry[] = [];
  let next = from;
  for (let look = 0; look < looks; look++) {
    const found = await log.read(filter, limit - entries.length, next);
    entries.push(...found.entries);
    next = found.next;
    if (next === undefined || entries.length >= limit) break;
  }
  return { entries, ...(next !== undefined && { next }) };
}

/** The latest entries, at most `limit`, the newest last. */
export async function latest(deps: Deps<'log'>, filter: LogFilter, limit: number): Promise<LogEntry[]> {
  const { entries } = await searchLog(deps, filter, limit, Number.POSITIVE_INFINITY);
  return entries.reverse();
}

/** The latest entries, and then new ones, without end. */
export async function* follow(
  deps: Deps<'log'>,
  filter: LogFilter,
  limit: number,
  pause: () => Promise<unknown> = () => sleep(FOLLOW_MS),
): AsyncGenerator<LogEntry> {
  const news = deps.log.follow(filter);
  // From here on nothing is missed. Entries that are written while the latest are read are in both.
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

/** An entry as a line, with the beginning of the response below it if it was not delivered. */
export function entryText(entry: LogEntry): string {
  const { at, trigger, id, formattedString, attempt, outcome, response, milliseconds, body = '' } = entry;
  const notes = [entry.test && 'test', entry.redelivered && 'sent again'].filter(Boolean);
  const words = [
    new Date(at).toISOString(),
    trigger.padEnd(16),
    outcome.padEnd(9),
    `${response}, ${milliseconds} ms`,
    formattedString,
    id,
    [`attempt ${attempt}`, ...notes].join(', '),
  ];
  const responded = outcome === 'delivered' ? '' : body.replace(/\s+/g, ' ').trim().slice(0, LINE_BODY);
  return oneLine(words.join('  ')) + (responded && `\n    ${oneLine(responded)}`);
}
