import { entityNames } from '../../../core/entity.ts';
import { useParameter } from '../shared/address.ts';
import { request } from '../shared/api.ts';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { appTexts } from '../texts/app.ts';
import { triggersTexts } from '../texts/triggers.ts';
import { EntityArea } from './entity-area.tsx';
import { MAX_ATTEMPTS, useCalls } from './last-day.tsx';
import { Overview } from './overview.tsx';
import { viewed } from './viewed-trigger.ts';

/** The tab of the manual: an area per entity, with a text field per action. */
export function TriggersView() {
  const { value, error, reload } = useLoad(() => request('GET /triggers', {}), '', REFRESH_MS);
  const { callsOf, isCut } = useCalls(value?.triggers ?? []);
  const [problems, setProblems] = useParameter('problems');
  const [openNames, setOpenNames] = useParameter('open');
  const open = new Set(openNames.split(',').filter(Boolean));
  const setOpen = (trigger: string, isOpen: boolean) => {
    if (isOpen) open.add(trigger);
    else open.delete(trigger);
    setOpenNames([...open].join());
  };
  const triggers = value?.triggers.map((status) => viewed(status, callsOf(status.trigger))) ?? [];
  const shown = problems ? triggers.filter(({ text }) => text.isProblem) : triggers;
  return (
    <>
      <ErrorBanner error={error} />
      {!value && !error && <p class="muted">{appTexts.loading}</p>}
      {value && (
        <Overview
          triggers={triggers}
          isProblemsOnly={problems !== ''}
          setProblemsOnly={(isOn) => setProblems(isOn ? 'only' : '')}
          reload={reload}
          open={(trigger) => !open.has(trigger) && setOpen(trigger, true)}
        />
      )}
      {value &&
        entityNames.map((entity) => (
          <EntityArea
            key={entity}
            entity={entity}
            triggers={shown}
            open={open}
            setOpen={setOpen}
            rules={value.rules}
            reload={reload}
          />
        ))}
      {value && <p class="muted">{triggersTexts.lead}</p>}
      {value?.queued ? <p class="muted">{triggersTexts.queued(value.queued)}</p> : null}
      {isCut && <p class="muted">{triggersTexts.chartsCut(MAX_ATTEMPTS)}</p>}
    </>
  );
}
