import { useState } from 'preact/hooks';
import type { Trigger } from '../../core/entity.ts';
import { ask, queryOf } from './api.ts';
import { Attempts } from './attempts.tsx';
import { Dialog } from './dialog.tsx';
import { type FailedOne, FailedTable } from './failed-table.tsx';
import { asked, Choice, Search, triggerChoices } from './filters.tsx';
import { REFRESH_MS, useLoad, useRested } from './load.ts';
import { Redeliver } from './redeliver.tsx';
import { time } from './words.ts';

const HOUR_MS = 60 * 60_000;

/** How far back, in hours. */
const times = [
  ['', 'all'] as const,
  ['1', 'last hour'] as const,
  ['24', 'last day'] as const,
  ['168', 'last week'] as const,
];

/** The routes for Failed and redelivery. */
export function FailedView() {
  const [trigger, setTrigger] = useState(asked('trigger'));
  const [hours, setHours] = useState('');
  const [id, setId] = useState('');
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [detail, setDetail] = useState<FailedOne>();
  const key = queryOf({ trigger, id: useRested(id, 300), hours });
  const { value, error, reload } = useLoad(
    () => {
      const since = hours && Date.now() - Number(hours) * HOUR_MS;
      return ask<{ failed: FailedOne[]; total: number }>('GET', `/failed${queryOf({ trigger, id, since })}`);
    },
    key,
    REFRESH_MS,
  );
  const shown = value?.failed ?? [];
  const chosen = shown.filter((one) => picked.has(one.id)).map((one) => one.id);
  return (
    <section aria-labelledby="failed-title">
      <h2 id="failed-title">Failed</h2>
      <p class="lead">What was moved to Failed, and why. It is kept for 30 days.</p>
      <div class="filters">
        <Choice label="Trigger" value={trigger} of={triggerChoices} choose={setTrigger} />
        <Choice label="Failed" value={hours} of={times} choose={setHours} />
        <Search label="Notification id" value={id} search={setId} />
      </div>
      {error && (
        <p class="banner bad" role="alert">
          {error}
        </p>
      )}
      {value && shown.length === 0 && <p class="empty">Nothing of that has failed.</p>}
      <Redeliver
        ids={chosen}
        done={async () => {
          setPicked(new Set());
          await reload();
        }}
      />
      {shown.length > 0 && <FailedTable shown={shown} picked={picked} pick={setPicked} open={setDetail} />}
      {value && value.total > shown.length && (
        <p class="muted">
          The latest {shown.length} of {value.total}.
        </p>
      )}
      {detail && (
        <Dialog title={detail.trigger} close={() => setDetail(undefined)}>
          <p>
            <code>{detail.formattedString ?? JSON.stringify(detail.keys)}</code>
          </p>
          <p>{detail.reason}</p>
          <p class="muted">
            {detail.id}, changed {time(detail.changedAt)}, failed {time(detail.failedAt)}
          </p>
          <Attempts id={detail.id} trigger={detail.trigger as Trigger} />
        </Dialog>
      )}
    </section>
  );
}
