import { useState } from 'preact/hooks';
import type { LogEntry } from '../../core/log-entry.ts';
import { outcomeKinds } from '../../core/outcome.ts';
import { ask, queryOf } from './api.ts';
import { Attempts } from './attempts.tsx';
import { Dialog } from './dialog.tsx';
import { asked, Choice, Search, triggerChoices } from './filters.tsx';
import { REFRESH_MS, useLoad, useRested } from './load.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { time } from './words.ts';

const PAGE = 100;
const MOST = 1000;

const outcomes = ['', ...outcomeKinds].map((of) => [of, of || 'all'] as const);

/** What was attempted, the latest first. */
export function LogView() {
  const [trigger, setTrigger] = useState(asked('trigger'));
  const [outcome, setOutcome] = useState('');
  const [id, setId] = useState(asked('id'));
  const [limit, setLimit] = useState(PAGE);
  const [detail, setDetail] = useState<LogEntry>();
  const query = queryOf({ trigger, outcome, id: useRested(id, 300), limit });
  const { value, error } = useLoad(
    () => ask<{ entries: LogEntry[]; next?: string }>('GET', `/log${query}`),
    query,
    REFRESH_MS,
  );
  return (
    <section aria-labelledby="log-title">
      <h2 id="log-title">Log</h2>
      <div class="filters">
        <Choice label="Trigger" value={trigger} of={triggerChoices} choose={setTrigger} />
        <Choice label="Outcome" value={outcome} of={outcomes} choose={setOutcome} />
        <Search label="Id" value={id} search={setId} />
      </div>
      {error && (
        <p class="banner bad" role="alert">
          {error}
        </p>
      )}
      {value && value.entries.length === 0 && <p class="empty">No attempt fits.</p>}
      {value && value.entries.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section class="table" tabIndex={0} aria-label="Attempts">
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Trigger</th>
                <th scope="col">Formatted string</th>
                <th scope="col">Attempt</th>
                <th scope="col">Outcome</th>
                <th scope="col">Response</th>
                <th scope="col">
                  <span class="hidden">Detail</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {value.entries.map((entry) => (
                <tr key={`${entry.id} ${entry.at} ${entry.attempt}`}>
                  <td>{time(entry.at)}</td>
                  <td>{entry.trigger}</td>
                  <td>
                    <code>{entry.formattedString}</code>
                  </td>
                  <td>
                    {entry.attempt}
                    {entry.test && <span class="muted"> test</span>}
                    {entry.redelivered && <span class="muted"> sent again</span>}
                  </td>
                  <td>
                    <OutcomeMark outcome={entry.outcome} />
                  </td>
                  <td>
                    {entry.response} <span class="muted">{entry.milliseconds} ms</span>
                  </td>
                  <td>
                    <button type="button" onClick={() => setDetail(entry)}>
                      Detail<span class="hidden"> of {entry.id}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {value?.next && limit < MOST && (
        <button type="button" onClick={() => setLimit(Math.min(MOST, limit * 3))}>
          Show more
        </button>
      )}
      {detail && (
        <Dialog title={detail.trigger} close={() => setDetail(undefined)}>
          <p>
            <code>{detail.formattedString}</code>
          </p>
          <p class="muted">{detail.id}</p>
          <Attempts id={detail.id} trigger={detail.trigger} />
        </Dialog>
      )}
    </section>
  );
}
