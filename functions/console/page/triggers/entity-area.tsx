import { capital } from '../../../core/capital.ts';
import { type Entity, entityOf } from '../../../core/entity.ts';
import type { UrlRules } from '../../api/trigger-routes.ts';
import { triggersTexts } from '../texts/triggers.ts';
import { sampleIds, sampleString } from './preview.ts';
import { TriggerRow } from './trigger-row.tsx';
import type { ViewedTrigger } from './viewed-trigger.ts';

interface Props {
  readonly entity: Entity;
  /** The triggers to show, of all entities. */
  readonly triggers: readonly ViewedTrigger[];
  /** The names of the triggers whose details are open. */
  readonly open: ReadonlySet<string>;
  readonly setOpen: (trigger: string, isOpen: boolean) => void;
  readonly rules: UrlRules;
  readonly reload: () => Promise<void>;
}

/** The triggers of one entity, under a sample of its formatted string. */
export function EntityArea({ entity, triggers, open, setOpen, rules, reload }: Props) {
  const id = `area-${entity}`;
  const shown = triggers.filter(({ status }) => entityOf(status.trigger) === entity);
  if (shown.length === 0) return null;
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
      {shown.map((viewed) => (
        <TriggerRow
          key={viewed.status.trigger}
          viewed={viewed}
          isOpen={open.has(viewed.status.trigger)}
          setOpen={(isOpen) => setOpen(viewed.status.trigger, isOpen)}
          rules={rules}
          reload={reload}
        />
      ))}
    </section>
  );
}
