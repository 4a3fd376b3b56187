import type { Trigger } from '../../core/entity.ts';
import type { LogEntry } from '../../core/log-entry.ts';

const HOUR_MS = 60 * 60_000;
export const HOURS = 24;

/** The attempts at one trigger's URL, by the hour, the oldest first. */
export interface Day {
  readonly trigger: Trigger;
  readonly delivered: readonly number[];
  readonly others: readonly number[];
}

/** Counts the attempts of the last 24 hours, for each trigger that has some. @param now Epoch milliseconds. */
export function lastDay(entries: readonly Pick<LogEntry, 'at' | 'trigger' | 'outcome'>[], now: number): Day[] {
  const days = new Map<Trigger, { delivered: number[]; others: number[] }>();
  for (const { at, trigger, outcome } of entries) {
    const hour = HOURS - 1 - Math.floor((now - at) / HOUR_MS);
    if (hour < 0 || hour >= HOURS) continue;
    const day = days.get(trigger) ?? { delivered: Array(HOURS).fill(0), others: Array(HOURS).fill(0) };
    const counted = outcome === 'delivered' ? day.delivered : day.others;
    counted[hour] = (counted[hour] ?? 0) + 1;
    days.set(trigger, day);
  }
  return [...days].map(([trigger, day]) => ({ trigger, ...day })).sort((a, b) => (a.trigger < b.trigger ? -1 : 1));
}
