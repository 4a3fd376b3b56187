import type { Trigger } from '../../../core/entity.ts';
import { request } from '../shared/api.ts';
import { formatTime } from '../shared/format.ts';
import { useLoad } from '../shared/load.ts';
import { appTexts, attemptTexts } from '../texts.ts';
import { curl } from './curl.ts';
import { OutcomeMark } from './outcome-mark.tsx';

interface Props {
  readonly id: string;
  readonly trigger: Trigger;
}

/** All attempts of one notification, oldest first, and the last one as a curl command. */
export function Attempts({ id, trigger }: Props) {
  const { value, error } = useLoad(async () => {
    const [{ entries }, { triggers }] = await Promise.all([
      request('GET /log', { query: { id, trigger } }),
      request('GET /triggers', {}),
    ]);
    return { attempts: entries.toReversed(), url: triggers.find((status) => status.trigger === trigger)?.url ?? null };
  }, id);
  if (error) return <p class="muted">{error}</p>;
  if (!value) return <p class="muted">{appTexts.loading}</p>;
  const last = value.attempts.at(-1);
  return (
    <>
      <h3>{attemptTexts.title}</h3>
      {!last && <p class="muted">{attemptTexts.none}</p>}
      <ol class="attempts">
        {value.attempts.map(({ at, attempt, outcome, response, milliseconds, body }) => (
          <li key={`${at} ${attempt}`}>
            <OutcomeMark outcome={outcome} /> {attemptTexts.attempt(formatTime(at), response, milliseconds)}
            {body && <pre class="body">{body}</pre>}
          </li>
        ))}
      </ol>
      {last && value.url !== null && (
        <>
          <h3>{attemptTexts.curl}</h3>
          <pre class="body">{curl(value.url, last)}</pre>
          <p class="muted">{attemptTexts.curlNote}</p>
        </>
      )}
    </>
  );
}
