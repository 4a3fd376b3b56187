import { capital } from '../../../core/capital.ts';
import { type Entity, entityOf, type Trigger } from '../../../core/entity.ts';
import type { TriggerStatus, UrlRules } from '../../api/trigger-routes.ts';
import { triggersTexts } from '../texts.ts';
import type { Day } from './hourly-counts.ts';
import { sampleIds, sampleString } from './preview.ts';
import { TriggerRow } from './trigger-row.tsx';

interface Props {
  readonly entity: Entity;
  readonly triggers: readonly TriggerStatus[];
  readonly dayOf: (trigger: Trigger) => Day | 'none' | undefined;
  readonly rules: UrlRules;
  readonly reload: () => Promise<void>;
}

/** The triggers of one entity, under a sample of its formatted string. */
export function EntityArea({ entity, triggers, dayOf, rules, reload }: Props) {
  const id = `area-${entity}`;
  return (
    <section class="area" aria-labelledby={id}>
      <div class="area-head">
        <h2 id={id}>{capital(entity)}</h2>
        <p>
          <code>{sampleString(entity)}</code>{' '}
          <span class="muted">
            {sampleIds(entity)
              .map(([name, value]) => triggersTexts.sampleId(name, value))
              .join(', ')}
          </span>
        </p>
      </div>
      {triggers
        .filter(({ trigger }) => entityOf(trigger) === entity)
        .map((status) => (
          <TriggerRow key={status.trigger} status={status} day={dayOf(status.trigger)} rules={rules} reload={reload} />
        ))}
    </section>
  );
}
