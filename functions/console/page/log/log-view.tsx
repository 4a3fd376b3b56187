import { useState } from 'preact/hooks';
import { PENDING_MS } from '../../../core/breaker.ts';
import { loggedOutcomes } from '../../../core/log-entry.ts';
import type { ApiRequest } from '../../api/contract.ts';
import type { LogEntry } from '../../api/log-routes.ts';
import { useParameter } from '../shared/address.ts';
import { request } from '../shared/api.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { Choice, Filters, useFilters } from '../shared/filters.tsx';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { appTexts } from '../texts/app.ts';
import { logTexts, tableTexts } from '../texts/lists.ts';
import { Attempts } from './attempts.tsx';
import { LogTable } from './log-table.tsx';

const FIRST_LIMIT = 100;
const MAX_LIMIT = 1000;

/** A count and a search for an ID read much of the log, so they are repeated less often. */
const SEARCH_MS = 60_000;

const kinds = [...loggedOutcomes, 'gave-up'] as const;
const outcomes = [[undefined, tableTexts.all] as const, ...kinds.map((kind) => [kind, kind] as const)];

/** The delivery log, newest first. */
export function LogView() {
  const filters = useFilters();
  const [outcomeName, setOutcome] = useParameter('outcome');
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const [detail, setDetail] = useState<LogEntry>();
  const outcome = kinds.find((kind) => kind === outcomeName);
  const searched = JSON.stringify([filters.query, outcome]);
  const [place, setPlace] = useState({ searched, next: '' });
  const next = place.searched === searched ? place.next : '';
  const query = { ...filters.query, outcome, next: next || undefined, limit: String(limit) };
  const { value, error } = useLoad(
    () => request('GET /log', { query }),
    JSON.stringify(query),
    query.id ? SEARCH_MS : REFRESH_MS,
  );
  const total = useTotal({ ...filters.query, outcome });
  return (
    <section aria-labelledby="log-title">
      <h2 id="log-title">{appTexts.log}</h2>
      <Filters filters={filters}>
        <Choice
          label={tableTexts.outcome}
          value={outcome}
          options={outcomes}
          choose={(outcome) => setOutcome(outcome ?? '')}
        />
      </Filters>
      <ErrorBanner error={error} />
      {value?.entries.length === 0 && <p class="empty">{value.next ? logTexts.emptySoFar : logTexts.empty}</p>}
      {value && value.entries.length > 0 && (
        <>
          <p class="muted" role="status">
            {next === '' && value.next !== undefined
              ? logTexts.range(value.entries.length, total)
              : logTexts.count(value.entries.length, next === '')}
          </p>
          <LogTable entries={value.entries} open={setDetail} />
        </>
      )}
      {value?.next && value.entries.length >= limit && limit < MAX_LIMIT && (
        <button type="button" onClick={() => setLimit(Math.min(MAX_LIMIT, limit * 3))}>
          {logTexts.more}
        </button>
      )}
      {value?.next && (value.entries.length < limit || limit === MAX_LIMIT) && (
        <button type="button" onClick={() => setPlace({ searched, next: value.next ?? '' })}>
          {logTexts.older}
        </button>
      )}
      {detail && (
        <Dialog title={detail.trigger} close={() => setDetail(undefined)}>
          <p>
            <code>{detail.formattedString}</code>
          </p>
          <p class="muted">{detail.id}</p>
          <Attempts
            id={detail.id}
            trigger={detail.trigger}
            since={Math.max(0, detail.at - PENDING_MS)}
            until={detail.at + PENDING_MS}
          />
        </Dialog>
      )}
    </section>
  );
}

/** The number of attempts that match. `undefined` until it is known, and for `gave-up`: the tab Failed has those numbers. */
function useTotal({ outcome, ...query }: Omit<ApiRequest<'GET /log'>['query'], 'next' | 'limit'>) {
  const load = async () =>
    outcome === 'gave-up' || outcome === 'retry'
      ? undefined
      : request('GET /log/count', { query: { ...query, outcome } });
  return useLoad(load, JSON.stringify([query, outcome]), SEARCH_MS).value;
}
