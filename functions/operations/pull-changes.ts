import { KEPT_DAYS } from '../adapters/delivery-log-writer.ts';
import type { Trigger } from '../core/entity.ts';
import type { LogEntry, Logged } from '../core/log-entry.ts';
import type { Deps } from './deployment.ts';
import { UserError } from './user-error.ts';

const KEPT_MS = KEPT_DAYS * 24 * 60 * 60_000;

/** The version of a cursor, and the place in the log. */
const cursor = /^1\.(\d{1,15})$/;

const time = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

/** An attempt at a notification, for the receiver that it called. */
type PulledChange = Omit<LogEntry, 'at' | 'trigger' | 'body' | 'headers' | 'test' | 'milliseconds'> & {
  /** ISO 8601. */
  readonly at: string;
};

export interface PulledChanges {
  readonly changes: readonly PulledChange[];
  /** The `after` of the next request. */
  readonly next: string;
  /** Whether the next request returns more now. */
  readonly more: boolean;
  /** The attempts that are listed: `all`, only `failures`, or none (`off`), by the setting `deliveryLog`. */
  readonly logged: Logged;
}

/**
 * Returns the attempts at the notifications of a trigger in the last 30 days, the oldest first, and in order per record.
 *
 * @param after The `next` of an earlier call, or a time. Absent: all that is kept.
 * @throws {UserError} If it is neither.
 */
export async function pullChanges(
  { changes, logged }: Deps<'changes' | 'logged'>,
  trigger: Trigger,
  after: string | undefined,
  now = Date.now(),
): Promise<PulledChanges> {
  const from = Math.max(now - KEPT_MS, after === undefined ? 0 : placeOf(after));
  const { entries, next, more } = await changes.read(trigger, from, now);
  return { changes: entries.map(pulled), next: Buffer.from(`1.${next}`).toString('base64url'), more, logged };
}

function placeOf(after: string): number {
  const [, place] = cursor.exec(Buffer.from(after, 'base64url').toString()) ?? [];
  if (place !== undefined) return Number(place);
  const at = time.test(after) ? Date.parse(after) : Number.NaN;
  if (!(at >= 0))
    throw new UserError(
      'after is neither a cursor nor a time. Fix: send the next of an earlier response, or a time such as 2026-11-23T09:00:00Z.',
    );
  return at;
}

function pulled({ id, formattedString, at, attempt, outcome, response, redelivered }: LogEntry): PulledChange {
  const again = redelivered && { redelivered };
  return { id, formattedString, at: new Date(at).toISOString(), attempt, outcome, response, ...again };
}
