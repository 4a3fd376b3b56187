import { entityNames } from '../../../core/entity.ts';
import { request } from '../shared/api.ts';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { appTexts, triggersTexts } from '../texts.ts';
import { EntityArea } from './entity-area.tsx';
import { MAX_ATTEMPTS, useLastDays } from './last-day.tsx';

/** The tab of the manual: an area per entity, with a text field per action. */
export function TriggersView() {
  const { value, error, reload } = useLoad(() => request('GET /triggers', {}), '', REFRESH_MS);
  const { dayOf, isCut } = useLastDays();
  return (
    <>
      <p class="lead">{triggersTexts.lead}</p>
      <ErrorBanner error={error} />
      {!value && !error && <p class="muted">{appTexts.loading}</p>}
      {value &&
        entityNames.map((entity) => (
          <EntityArea
            key={entity}
            entity={entity}
            triggers={value.triggers}
            dayOf={dayOf}
            rules={value.rules}
            reload={reload}
          />
        ))}
      {value?.queued ? <p class="muted">{triggersTexts.queued(value.queued)}</p> : null}
      {isCut && <p class="muted">{triggersTexts.chartsCut(MAX_ATTEMPTS)}</p>}
    </>
  );
}
