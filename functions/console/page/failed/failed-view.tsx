import { useState } from 'preact/hooks';
import type { FailedNotification } from '../../api/failed-routes.ts';
import { Attempts } from '../log/attempts.tsx';
import { request } from '../shared/api.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { Choice, Search, triggerChoices, triggerInHash } from '../shared/filters.tsx';
import { formatTime } from '../shared/format.ts';
import { REFRESH_MS, useDebounced, useLoad } from '../shared/load.ts';
import { mayChange } from '../shared/role.ts';
import { appTexts, failedTexts, tableTexts } from '../texts.ts';
import { FailedTable } from './failed-table.tsx';
import { Redeliver } from './redeliver.tsx';

const HOUR_MS = 60 * 60_000;

/** Periods in hours. */
const periods = [
  [undefined, tableTexts.all],
  [1, failedTexts.lastHour],
  [24, failedTexts.lastDay],
  [168, failedTexts.lastWeek],
] as const;

/** Failed notifications and their redelivery. */
export function FailedView() {
  const [trigger, setTrigger] = useState(triggerInHash());
  const [hours, setHours] = useState<(typeof periods)[number][0]>();
  const [idInput, setId] = useState('');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [detail, setDetail] = useState<FailedNotification>();
  const id = useDebounced(idInput, 300);
  const { value, error, reload } = useLoad(
    () => {
      const since = hours && String(Date.now() - hours * HOUR_MS);
      return request('GET /failed', { query: { trigger, id, since } });
    },
    JSON.stringify([trigger, id, hours]),
    REFRESH_MS,
  );
  const shown = value?.failed ?? [];
  return (
    <section aria-labelledby="failed-title">
      <h2 id="failed-title">{appTexts.failed}</h2>
      <p class="lead">{failedTexts.lead}</p>
      <div class="filters">
        <Choice label={tableTexts.trigger} value={trigger} options={triggerChoices} choose={setTrigger} />
        <Choice label={failedTexts.period} value={hours} options={periods} choose={setHours} />
        <Search label={failedTexts.id} value={idInput} search={setId} />
      </div>
      <ErrorBanner error={error} />
      {value && shown.length === 0 && <p class="empty">{failedTexts.empty}</p>}
      {mayChange() && (
        <Redeliver
          ids={shown.map(({ id }) => id).filter((id) => selected.has(id))}
          done={async () => {
            setSelected(new Set());
            await reload();
          }}
        />
      )}
      {shown.length > 0 && <FailedTable shown={shown} selected={selected} select={setSelected} open={setDetail} />}
      {value && value.total > shown.length && <p class="muted">{failedTexts.cut(shown.length, value.total)}</p>}
      {detail && (
        <Dialog title={detail.trigger} close={() => setDetail(undefined)}>
          <p>
            <code>{detail.formattedString ?? JSON.stringify(detail.keys)}</code>
          </p>
          <p>{detail.reason}</p>
          <p class="muted">{failedTexts.times(detail.id, formatTime(detail.changedAt), formatTime(detail.failedAt))}</p>
          <Attempts id={detail.id} trigger={detail.trigger} />
        </Dialog>
      )}
    </section>
  );
}
