import { request } from '../shared/api.ts';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';
import { appTexts } from '../texts/app.ts';
import { historyTexts, tableTexts } from '../texts/lists.ts';

const columns = [
  ['time', tableTexts.time],
  ['who', historyTexts.who],
  ['trigger', tableTexts.trigger],
  ['what', historyTexts.what],
  ['from', historyTexts.from],
  ['to', historyTexts.to],
] as const;

/** The actions of admins, newest first. */
export function HistoryView() {
  const { value, error } = useLoad(() => request('GET /history', { query: { limit: '200' } }), '', REFRESH_MS);
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">{appTexts.history}</h2>
      <p class="lead">{historyTexts.lead}</p>
      <ErrorBanner error={error} />
      {value?.entries.length === 0 && <p class="empty">{historyTexts.empty}</p>}
      {value && value.entries.length > 0 && (
        <Table label={historyTexts.table} columns={columns}>
          {value.entries.map(({ at, who, trigger, what, from, to }) => (
            <tr key={`${at} ${trigger} ${what}`}>
              <td>
                <Time at={at} />
              </td>
              <td>{who}</td>
              <td>{trigger ?? appTexts.none}</td>
              <td>{what}</td>
              <td>
                <code>{from ?? appTexts.none}</code>
              </td>
              <td>
                <code>{to ?? appTexts.none}</code>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {value?.next && <p class="muted">{historyTexts.cut(value.entries.length)}</p>}
    </section>
  );
}
