import { useState } from 'preact/hooks';
import { PENDING_MS } from '../../../core/breaker.ts';
import { loggedOutcomes } from '../../../core/log-entry.ts';
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
  const { value, error } = useLoad(() => request('GET /log', { query }), JSON.stringify(query), REFRESH_MS);
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
          <p class="muted">{logTexts.count(value.entries.length, value.next === undefined && next === '')}</p>
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
