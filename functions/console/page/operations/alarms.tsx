import { request } from '../shared/api.ts';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { useLoad } from '../shared/load.ts';
import { Time } from '../shared/time.tsx';
import { appTexts } from '../texts/app.ts';
import { alarmFixes, alarmTexts } from '../texts/operations.ts';

/** CloudWatch evaluates an alarm once a minute. */
const ALARMS_MS = 60_000;

const useAlarms = () => useLoad(() => request('GET /alarms', {}), '', ALARMS_MS);

/** A link to the alarms that are on, for the overview. Without one, and when their states are not known, it is empty. */
export function AlarmCount() {
  const on = useAlarms().value?.alarms.filter(({ state }) => state === 'ALARM') ?? [];
  if (on.length === 0) return null;
  return (
    <>
      {', '}
      <a href="#operations">{alarmTexts.on(on.length)}</a>
    </>
  );
}

/** The alarms that are on, each with its meaning and what to do. */
export function Alarms() {
  const { value, error } = useAlarms();
  const alarms = value?.alarms ?? [];
  const on = alarms.filter(({ state }) => state === 'ALARM');
  const withoutData = alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA').map(({ heading }) => heading);
  return (
    <section class="panel" aria-labelledby="alarms-title">
      <h3 id="alarms-title">{alarmTexts.title}</h3>
      <ErrorBanner error={error} />
      {!value && !error && <p class="muted">{appTexts.loading}</p>}
      {value && on.length === 0 && <p>{alarmTexts.none(alarms.length)}</p>}
      <ul class="plain findings">
        {on.map(({ name, heading, since, meaning }) => (
          <li key={name}>
            <span class="mark bad">{heading}</span> <span class="muted">{alarmTexts.since('')}</span>
            <Time at={since} />
            <p>{meaning}</p>
            <p>
              <b>{alarmTexts.whatToDo}</b>
              {alarmFixes[heading] ?? alarmTexts.inRunbook(heading)}
            </p>
            <p class="muted">{alarmTexts.name(name)}</p>
          </li>
        ))}
      </ul>
      {withoutData.length > 0 && <p class="muted">{alarmTexts.noData([...new Set(withoutData)])}</p>}
    </section>
  );
}
