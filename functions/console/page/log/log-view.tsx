import { useState } from 'preact/hooks';
import { outcomeKinds } from '../../../core/outcome.ts';
import type { LogEntry } from '../../api/log-routes.ts';
import { parameterInHash } from '../shared/address.ts';
import { request } from '../shared/api.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { Choice, Search, triggerChoices, triggerInHash } from '../shared/filters.tsx';
import { REFRESH_MS, useDebounced, useLoad } from '../shared/load.ts';
import { appTexts, logTexts, tableTexts } from '../texts.ts';
import { Attempts } from './attempts.tsx';
import { LogTable } from './log-table.tsx';

const FIRST_LIMIT = 100;
const MAX_LIMIT = 1000;

const outcomes = [[undefined, tableTexts.all] as const, ...outcomeKinds.map((kind) => [kind, kind] as const)];

/** The delivery log, newest first. */
export function LogView() {
  const [trigger, setTrigger] = useState(triggerInHash());
  const [outcome, setOutcome] = useState<LogEntry['outcome']>();
  const [idInput, setId] = useState(parameterInHash('id'));
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const [detail, setDetail] = useState<LogEntry>();
  const id = useDebounced(idInput, 300);
  const query = { trigger, outcome, id, limit: String(limit) };
  const { value, error } = useLoad(() => request('GET /log', { query }), JSON.stringify(query), REFRESH_MS);
  return (
    <section aria-labelledby="log-title">
      <h2 id="log-title">{appTexts.log}</h2>
      <div class="filters">
        <Choice label={tableTexts.trigger} value={trigger} options={triggerChoices} choose={setTrigger} />
        <Choice label={tableTexts.outcome} value={outcome} options={outcomes} choose={setOutcome} />
        <Search label={logTexts.id} value={idInput} search={setId} />
      </div>
      <ErrorBanner error={error} />
      {value?.entries.length === 0 && <p class="empty">{logTexts.empty}</p>}
      {value && value.entries.length > 0 && <LogTable entries={value.entries} open={setDetail} />}
      {value?.next && limit < MAX_LIMIT && (
        <button type="button" onClick={() => setLimit(Math.min(MAX_LIMIT, limit * 3))}>
          {logTexts.more}
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
