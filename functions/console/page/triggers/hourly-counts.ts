import type { Trigger } from '../../../core/entity.ts';
import type { LogEntry } from '../../api/log-routes.ts';

const HOUR_MS = 60 * 60_000;
export const HOURS = 24;

type Entry = Pick<LogEntry, 'at' | 'trigger' | 'outcome' | 'response'>;

/** The attempts of one trigger in the last 24 hours: counts per hour, oldest first, and the latest attempt. */
export interface Day {
  readonly delivered: number[];
  readonly others: number[];
  readonly latest: Entry;
}

/** Counts attempts per trigger and hour. @param entries Newest first. @param now Epoch milliseconds. */
export function countByHour(entries: readonly Entry[], now: number): ReadonlyMap<Trigger, Day> {
  const days = new Map<Trigger, Day>();
  for (const entry of entries) {
    const hour = HOURS - 1 - Math.floor((now - entry.at) / HOUR_MS);
    // A merged notification made no call.
    if (hour < 0 || hour >= HOURS || entry.outcome === 'merged') continue;
    const day = days.get(entry.trigger) ?? { delivered: zeros(), others: zeros(), latest: entry };
    const counts = entry.outcome === 'delivered' ? day.delivered : day.others;
    counts[hour] = (counts[hour] ?? 0) + 1;
    days.set(entry.trigger, day);
  }
  return days;
}

const zeros = () => Array<number>(HOURS).fill(0);
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** The number of delivered attempts and of all attempts, and the rate in percent, rounded down: 100 means all. */
export function totals({ delivered, others }: Day): { delivered: number; others: number; percent: string } {
  const [good, bad] = [sum(delivered), sum(others)];
  const thousandths = Math.floor((1000 * good) / (good + bad));
  return { delivered: good, others: bad, percent: `${thousandths / 10} %` };
}
