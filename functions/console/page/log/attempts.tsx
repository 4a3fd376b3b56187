import type { Trigger } from '../../../core/entity.ts';
import { maskedUrl } from '../../../core/masked-url.ts';
import { joinFormattedString } from '../../../core/trigger-url.ts';
import type { LogEntry } from '../../api/log-routes.ts';
import { Redeliver } from '../failed/redeliver.tsx';
import { request } from '../shared/api.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { formatFull } from '../shared/format.ts';
import { useLoad } from '../shared/load.ts';
import { mayChange } from '../shared/role.ts';
import { appTexts } from '../texts/app.ts';
import { attemptTexts, redeliverTexts } from '../texts/lists.ts';
import { curl, headerLines } from './curl.ts';
import { findAttempts } from './find-attempts.ts';
import { nextAttempt } from './next-attempt.ts';
import { OutcomeMark } from './outcome-mark.tsx';

interface Props {
  readonly id: string;
  readonly trigger: Trigger;
  /** All attempts started in this range, in epoch milliseconds. */
  readonly since: number;
  readonly until: number;
}

/** More than a notification has. */
const MAX_ATTEMPTS = 100;

/** All attempts of one notification, oldest first: the call, the responses, the next attempt, and a curl command. */
export function Attempts({ id, trigger, since, until }: Props) {
  const { value, error, reload } = useLoad(async () => {
    const [{ entries }, { triggers }, { failed }, { pending }] = await Promise.all([
      findAttempts({ id, trigger, since: String(since), until: String(until) }, MAX_ATTEMPTS),
      request('GET /triggers', {}),
      request('GET /failed', { query: { id, trigger } }),
      request('GET /triggers/{trigger}/pending', { trigger, query: { id } }),
    ]);
    const status = triggers.find((status) => status.trigger === trigger);
    return { attempts: entries.toReversed(), status, failed: failed.find((one) => one.id === id), pending };
  }, id);
  if (error) return <p class="muted">{error}</p>;
  if (!value) return <p class="muted">{appTexts.loading}</p>;
  const { attempts, status, failed, pending } = value;
  const last = attempts.at(-1);
  const hidden = [...(status?.headers ?? []), ...(status?.oauth ? ['authorization'] : [])];
  return (
    <>
      <h3>{attemptTexts.title}</h3>
      {!last && <p class="muted">{attemptTexts.none}</p>}
      <ol class="attempts">
        {attempts.map(({ at, attempt, outcome, response, milliseconds, headers, body }) => (
          <li key={`${at} ${attempt}`}>
            <OutcomeMark outcome={failed?.attempts === attempt && outcome !== 'delivered' ? 'gave-up' : outcome} />{' '}
            {attemptTexts.attempt(formatFull(at), response, milliseconds)}
            <Part title={attemptTexts.headers} text={headers} />
            <Part title={attemptTexts.body} text={body} />
          </li>
        ))}
      </ol>
      {last && <p class="muted">{attemptTexts.responseNote}</p>}
      <h3>{attemptTexts.next}</h3>
      <p>{nextAttempt({ last, status, failed, pending })}</p>
      {failed && mayChange() && <Redeliver selection={{ ids: [id] }} label={redeliverTexts.redeliver} done={reload} />}
      {last && status && status.url !== null && <Call url={status.url} last={last} headers={hidden} />}
    </>
  );
}

/** A part of a response, if there is one. */
function Part({ title, text }: { readonly title: string; readonly text: string | undefined }) {
  if (!text) return null;
  return (
    <>
      <p class="muted">{title}</p>
      <pre class="body">{text}</pre>
    </>
  );
}

interface CallProps {
  readonly url: string;
  readonly last: LogEntry;
  readonly headers: readonly string[];
}

/** The call to the URL that is set now, and the same as a command. */
function Call({ url, last, headers }: CallProps) {
  const command = curl(url, last);
  const lines = [
    attemptTexts.setNow(joinFormattedString(maskedUrl(url), last.formattedString)),
    ...headerLines(last),
    ...headers.map(attemptTexts.customHeader),
  ];
  return (
    <>
      <h3>{attemptTexts.call}</h3>
      <pre class="body">{lines.join('\n')}</pre>
      <p class="muted">{attemptTexts.headersNote}</p>
      <h3>{attemptTexts.curl}</h3>
      <pre class="body">{command}</pre>
      <CopyButton text={command} />
      <p class="muted">{attemptTexts.curlNote}</p>
    </>
  );
}
