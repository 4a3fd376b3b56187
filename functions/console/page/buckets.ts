import type { Trigger } from '../../core/entity.ts';
import type { LogEntry } from '../../core/log-entry.ts';

const HOUR_MS = 60 * 60_000;
export const HOURS = 24;

type Entry = Pick<LogEntry, 'at' | 'trigger' | 'outcome' | 'response'>;

/** The attempts at one trigger's URL in the last 24 hours, by the hour, the oldest first; and the latest of them. */
export interface Day {
  readonly delivered: number[];
  readonly others: number[];
  readonly latest: Entry;
}

/**
 * Counts the attempts of each trigger.
 *
 * @param entries The newest first.
 * @param now Epoch milliseconds.
 */
export function lastDays(entries: readonly Entry[], now: number): ReadonlyMap<Trigger, Day> {
  const days = new Map<Trigger, Day>();
  for (const entry of entries) {
    const hour = HOURS - 1 - Math.floor((now - entry.at) / HOUR_MS);
    if (hour < 0 || hour >= HOURS) continue;
    const day = days.get(entry.trigger) ?? { delivered: hours(), others: hours(), latest: entry };
    const counted = entry.outcome === 'delivered' ? day.delivered : day.others;
    counted[hour] = (counted[hour] ?? 0) + 1;
    days.set(entry.trigger, day);
  }
  return days;
}

const hours = () => Array<number>(HOURS).fill(0);
