import { lastDayTexts } from '../texts/triggers.ts';
import { type Day, HOURS, totals } from './hourly-counts.ts';

const BAR = 5;
const HEIGHT = 60;

/** The calls per hour. Calls that were not delivered have a pattern besides their color. */
export function Chart({ id, day }: { readonly id: string; readonly day: Day }) {
  const { delivered, others } = totals(day);
  const max = Math.max(...day.delivered.map((count, hour) => count + (day.others[hour] ?? 0)));
  const scaled = (count: number) => (count / max) * HEIGHT;
  const hatch = `hatch-${id}`;
  return (
    <figure class="chart">
      <figcaption>
        {lastDayTexts.title} <span class="key good">{lastDayTexts.delivered(delivered)}</span>{' '}
        <span class="key bad">{lastDayTexts.others(others)}</span>
      </figcaption>
      <span class="top-mark" aria-hidden="true">
        {max}
      </span>
      <span class="zero-mark" aria-hidden="true">
        0
      </span>
      <svg
        role="img"
        aria-label={lastDayTexts.chart(delivered, others)}
        viewBox={`0 0 ${HOURS * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        <pattern id={hatch} width="2" height="2" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="bad" width="1.2" height="2" />
        </pattern>
        {day.delivered.map((count, hour) => {
          const bad = scaled(day.others[hour] ?? 0);
          const good = scaled(count);
          const place = { x: hour * BAR, width: BAR - 1 };
          return [
            <rect key={`good ${place.x}`} class="good" {...place} y={HEIGHT - good} height={good} />,
            <rect key={`bad ${place.x}`} fill={`url(#${hatch})`} {...place} y={HEIGHT - good - bad} height={bad} />,
          ];
        })}
      </svg>
      <span class="hours" aria-hidden="true">
        <span>{lastDayTexts.start}</span>
        <span>{lastDayTexts.middle}</span>
        <span>{lastDayTexts.end}</span>
      </span>
    </figure>
  );
}
