import type { Trigger } from '../../../core/entity.ts';
import { request } from '../shared/api.ts';
import { formatTime } from '../shared/format.ts';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { lastDayTexts } from '../texts.ts';
import { countByHour, type Day, HOURS } from './hourly-counts.ts';

/** Each load reads up to this many attempts from the log. A higher limit would make an open page cost dollars. */
export const MAX_ATTEMPTS = 1000;
const INTERVAL_MS = LOCAL_RUN ? REFRESH_MS : 30_000;
const DAY_MS = 24 * 60 * 60_000;

const BAR = 5;
const HEIGHT = 28;

/** The last 24 hours of each trigger. `isCut` is set if there were more attempts than are counted. */
export function useLastDays() {
  const { value } = useLoad(
    () => {
      const since = String(Date.now() - DAY_MS);
      return request('GET /log', { query: { since, limit: String(MAX_ATTEMPTS) } });
    },
    '',
    INTERVAL_MS,
  );
  const days = value && countByHour(value.entries, Date.now());
  return { dayOf: (trigger: Trigger) => days && (days.get(trigger) ?? 'none'), isCut: value?.next !== undefined };
}

/** The last response and a chart of the last 24 hours. @param day `undefined` until it is loaded. */
export function LastDay({ day }: { readonly day: Day | 'none' | undefined }) {
  return (
    <p class="day muted">
      {day === 'none' && lastDayTexts.none}
      {day && day !== 'none' && (
        <>
          <Chart day={day} /> {lastDayTexts.latest(day.latest.response, formatTime(day.latest.at))}
        </>
      )}
    </p>
  );
}

function Chart({ day: { delivered, others } }: { readonly day: Day }) {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const text = lastDayTexts.chart(sum(delivered), sum(others));
  const max = Math.max(...delivered.map((count, hour) => count + (others[hour] ?? 0)));
  const scaled = (count: number) => (count / max) * HEIGHT;
  return (
    <svg role="img" aria-label={text} viewBox={`0 0 ${HOURS * BAR} ${HEIGHT}`} preserveAspectRatio="none">
      <title>{text}</title>
      {delivered.map((count, hour) => {
        const bad = scaled(others[hour] ?? 0);
        const good = scaled(count);
        const place = { x: hour * BAR, width: BAR - 1 };
        return [
          <rect key={`good ${place.x}`} class="good" {...place} y={HEIGHT - good} height={good} />,
          <rect key={`bad ${place.x}`} class="bad" {...place} y={HEIGHT - good - bad} height={bad} />,
        ];
      })}
    </svg>
  );
}
