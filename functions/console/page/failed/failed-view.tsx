import { useState } from 'preact/hooks';
import type { FailedNotification } from '../../api/failed-routes.ts';
import { Attempts } from '../log/attempts.tsx';
import { useParameter } from '../shared/address.ts';
import { request } from '../shared/api.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { Filters, useFilters } from '../shared/filters.tsx';
import { formatFull } from '../shared/format.ts';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { mayChange } from '../shared/role.ts';
import { appTexts } from '../texts/app.ts';
import { failedTexts, redeliverTexts } from '../texts/lists.ts';
import { FailedTable } from './failed-table.tsx';
import { Pager } from './pager.tsx';
import { Redeliver } from './redeliver.tsx';

const PAGE = 100;

/** Clocks of different machines differ by less than this, in milliseconds. */
const CLOCKS_MS = 60_000;

/** Failed notifications and their redelivery. */
export function FailedView() {
  const filters = useFilters();
  const [offsetText, setOffset] = useParameter('offset');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [detail, setDetail] = useState<FailedNotification>();
  const offset = /^\d{1,4}$/.test(offsetText) ? Number(offsetText) : 0;
  const query = { ...filters.query, offset: String(offset), limit: String(PAGE) };
  const { value, error, reload } = useLoad(() => request('GET /failed', { query }), JSON.stringify(query), REFRESH_MS);
  const shown = value?.failed ?? [];
  const { trigger, id, since, until } = filters.query;
  const chosen = shown.map(({ id }) => id).filter((id) => selected.has(id));
  const done = async () => {
    setSelected(new Set());
    await reload();
  };
  return (
    <section aria-labelledby="failed-title">
      <h2 id="failed-title">{appTexts.failed}</h2>
      <p class="lead">{failedTexts.lead}</p>
      <Filters filters={filters} />
      <ErrorBanner error={error} />
      {value && shown.length === 0 && <p class="empty">{failedTexts.empty}</p>}
      {mayChange() && (
        <div class="actions">
          <Redeliver
            selection={{ ids: chosen }}
            label={redeliverTexts.redeliverCount(chosen.length)}
            isDisabled={chosen.length === 0}
            done={done}
          />
          {value && !id && !until && (
            <Redeliver
              selection={{
                trigger,
                since: since ? Number(since) : undefined,
                all: !trigger && !since ? true : undefined,
              }}
              label={redeliverTexts.redeliverAll(value.total, value.isMinimum)}
              isDisabled={value.total === 0}
              done={done}
            />
          )}
        </div>
      )}
      {shown.length > 0 && <FailedTable shown={shown} selected={selected} select={setSelected} open={setDetail} />}
      {value && shown.length > 0 && (
        <Pager
          first={offset + 1}
          last={offset + shown.length}
          total={value.total}
          isMinimum={value.isMinimum}
          newer={offset > 0 ? () => setOffset(String(Math.max(0, offset - PAGE) || '')) : undefined}
          older={shown.length === PAGE ? () => setOffset(String(offset + PAGE)) : undefined}
        />
      )}
      {detail && (
        <Dialog title={detail.trigger} close={() => setDetail(undefined)}>
          <p>
            <code>{detail.formattedString ?? JSON.stringify(detail.keys)}</code>
          </p>
          <p>{detail.reason}</p>
          <p class="muted">{failedTexts.times(detail.id, formatFull(detail.changedAt), formatFull(detail.failedAt))}</p>
          <p>
            <a href={`#log?trigger=${detail.trigger}&id=${encodeURIComponent(detail.id)}`}>
              {failedTexts.attemptsInLog}
            </a>
          </p>
          <Attempts
            id={detail.id}
            trigger={detail.trigger}
            since={detail.changedAt - CLOCKS_MS}
            until={detail.failedAt + CLOCKS_MS}
          />
        </Dialog>
      )}
    </section>
  );
}
