import type { Trigger } from '../../core/entity.ts';
import type { LogEntry } from '../../core/log-entry.ts';
import { ask, queryOf } from './api.ts';
import { type Day, HOURS, lastDays } from './buckets.ts';
import { REFRESH_MS, useLoad } from './load.ts';
import { time } from './words.ts';

/** A look reads as many items of the log as hold that many attempts: more would make an open page cost dollars. */
export const MOST = 1000;
const EVERY_MS = LOCAL_RUN ? REFRESH_MS : 30_000;
const DAY_MS = 24 * 60 * 60_000;

const BAR = 5;
const HEIGHT = 28;

/** Tells the last 24 hours of a trigger; `isCut` when there were more attempts than are counted. */
export function useLastDays() {
  const { value } = useLoad(
    () => {
      const since = Date.now() - DAY_MS;
      return ask<{ entries: LogEntry[]; next?: string }>('GET', `/log${queryOf({ since, limit: MOST })}`);
    },
    '',
    EVERY_MS,
  );
  const days = value && lastDays(value.entries, Date.now());
  return { dayOf: (trigger: Trigger) => days && (days.get(trigger) ?? 'none'), isCut: value?.next !== undefined };
}

/** the response last, and the last 24 hours in small. @param day Absent while it is being loaded. */
export function LastDay({ day }: { readonly day: Day | 'none' | undefined }) {
  return (
    <p class="day muted">
      {day === 'none' && 'No call in the last 24 hours'}
      {day && day !== 'none' && (
        <>
          <Chart day={day} /> {day.latest.response}, {time(day.latest.at)}
        </>
      )}
    </p>
  );
}

function Chart({ day: { delivered, others } }: { readonly day: Day }) {
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
  const words = `Last 24 hours: ${sum(delivered)} delivered, ${sum(others)} not`;
  const most = Math.max(...delivered.map((count, hour) => count + (others[hour] ?? 0)));
  const tall = (count: number) => (count / most) * HEIGHT;
  return (
    <svg role="img" aria-label={words} viewBox={`0 0 ${HOURS * BAR} ${HEIGHT}`} preserveAspectRatio="none">
      <title>{words}</title>
      {delivered.map((count, hour) => {
        const failed = tall(others[hour] ?? 0);
        const good = tall(count);
        const at = { x: hour * BAR, width: BAR - 1 };
        return [
          <rect key={`good ${at.x}`} class="good" {...at} y={HEIGHT - good} height={good} />,
          <rect key={`bad ${at.x}`} class="bad" {...at} y={HEIGHT - good - failed} height={failed} />,
        ];
      })}
    </svg>
  );
}
