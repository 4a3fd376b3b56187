import type { LogEntry } from '../../core/log-entry.ts';
import { ask, queryOf } from './api.ts';
import { type Day, HOURS, lastDay } from './buckets.ts';
import { useLoad } from './load.ts';

const REFRESH_MS = 30_000;
const MOST = 1000;
const DAY_MS = 24 * 60 * 60_000;

const BAR = 5;
const HEIGHT = 28;

/** The last 24 hours of each trigger, in small. */
export function LastDay({ trigger }: { readonly trigger: string }) {
  const { value } = useLoad(
    () => {
      const since = Date.now() - DAY_MS;
      return ask<{ entries: LogEntry[]; next?: string }>('GET', `/log${queryOf({ trigger, since, limit: MOST })}`);
    },
    trigger,
    REFRESH_MS,
  );
  const days = lastDay(value?.entries ?? [], Date.now());
  if (days.length === 0) return null;
  return (
    <div class="days">
      {days.map((day) => (
        <DayChart key={day.trigger} day={day} />
      ))}
      {value?.next && <p class="muted">The latest {MOST} attempts are counted.</p>}
    </div>
  );
}

function DayChart({ day: { trigger, delivered, others } }: { readonly day: Day }) {
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
  const words = `${sum(delivered)} delivered, ${sum(others)} not`;
  const most = Math.max(...delivered.map((count, hour) => count + (others[hour] ?? 0)));
  const tall = (count: number) => (count / most) * HEIGHT;
  return (
    <figure class="day">
      <figcaption>
        {trigger} <span class="muted">{words}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={`${trigger}, last 24 hours: ${words}`}
        viewBox={`0 0 ${HOURS * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
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
    </figure>
  );
}
