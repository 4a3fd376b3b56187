import type { HistoryEntry } from '../../adapters/history.ts';
import { ask } from './api.ts';
import { REFRESH_MS, useLoad } from './load.ts';
import { time } from './words.ts';

/** What admins did, the latest first. */
export function HistoryView() {
  const { value, error } = useLoad(
    () => ask<{ entries: HistoryEntry[]; next?: string }>('GET', '/history?limit=200'),
    '',
    REFRESH_MS,
  );
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">History</h2>
      <p class="lead">Who changed what. Secrets and the values of headers are not kept here.</p>
      {error && (
        <p class="banner bad" role="alert">
          {error}
        </p>
      )}
      {value && value.entries.length === 0 && <p class="empty">Nothing was changed yet.</p>}
      {value && value.entries.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section class="table" tabIndex={0} aria-label="Changes">
          <table>
            <thead>
              <tr>
                {['Time', 'Who', 'Trigger', 'What', 'From', 'To'].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {value.entries.map((entry) => (
                <tr key={`${entry.at} ${entry.trigger} ${entry.what}`}>
                  <td>{time(entry.at)}</td>
                  <td>{entry.who}</td>
                  <td>{entry.trigger}</td>
                  <td>{entry.what}</td>
                  <td>
                    <code>{entry.from ?? '–'}</code>
                  </td>
                  <td>
                    <code>{entry.to ?? '–'}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {value?.next && <p class="muted">The latest {value.entries.length}.</p>}
    </section>
  );
}
