import type { Trigger } from '../../core/entity.ts';
import type { LogEntry } from '../../core/log-entry.ts';
import type { TriggerStatus } from '../../operations/trigger-status.ts';
import { ask, queryOf } from './api.ts';
import { curl } from './curl.ts';
import { useLoad } from './load.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { time } from './words.ts';

interface Props {
  readonly id: string;
  readonly trigger: Trigger;
}

interface Found {
  readonly entries: readonly LogEntry[];
  readonly url: string | null;
}

/** All attempts of one notification, the first on top, and the last of them as a command. */
export function Attempts({ id, trigger }: Props) {
  const { value, error } = useLoad<Found>(async () => {
    const [log, { triggers }] = await Promise.all([
      ask<{ entries: LogEntry[] }>('GET', `/log${queryOf({ id, trigger })}`),
      ask<{ triggers: TriggerStatus[] }>('GET', '/triggers'),
    ]);
    return { entries: log.entries.toReversed(), url: triggers.find((line) => line.trigger === trigger)?.url ?? null };
  }, id);
  if (error) return <p class="muted">{error}</p>;
  if (!value) return <p class="muted">Loading …</p>;
  const last = value.entries.at(-1);
  return (
    <>
      <h3>Attempts</h3>
      {!last && <p class="muted">None is in the log.</p>}
      <ol class="attempts">
        {value.entries.map((entry) => (
          <li key={`${entry.at} ${entry.attempt}`}>
            <OutcomeMark outcome={entry.outcome} /> {time(entry.at)}, {entry.response} after {entry.milliseconds} ms
            {entry.body && <pre class="body">{entry.body}</pre>}
          </li>
        ))}
      </ol>
      {last && value.url !== null && (
        <>
          <h3>The same call by hand</h3>
          <pre class="body">{curl(value.url, last)}</pre>
          <p class="muted">To the URL that is set now, and without the signature, which counts for a moment only.</p>
        </>
      )}
    </>
  );
}
