import { capital } from '../../../core/capital.ts';
import { entityOf } from '../../../core/entity.ts';
import type { TriggerStatus, UrlRules } from '../../api/trigger-routes.ts';
import { urlTexts } from '../texts.ts';
import type { Day } from './hourly-counts.ts';
import { LastDay } from './last-day.tsx';
import { StatusLine } from './status-line.tsx';
import { TriggerActions } from './trigger-actions.tsx';
import { UrlForm } from './url-form.tsx';

interface Props {
  readonly status: TriggerStatus;
  readonly day: Day | 'none' | undefined;
  readonly rules: UrlRules;
  readonly reload: () => Promise<void>;
}

/** A trigger: its URL, its status and its actions. */
export function TriggerRow({ status, day, rules, reload }: Props) {
  const { trigger } = status;
  const entity = entityOf(trigger);
  const action = capital(trigger.slice(entity.length + 1));
  const id = trigger.replace('.', '-');
  return (
    // biome-ignore lint/a11y/useSemanticElements: not every browser can lay out a fieldset as a grid.
    <div class="row" role="group" aria-label={trigger}>
      <label for={id}>
        {action}
        <span class="hidden"> {urlTexts.label(entity)}</span>
      </label>
      <UrlForm id={id} status={status} rules={rules} reload={reload} />
      <div class="status">
        <StatusLine status={status} />
        <LastDay day={day} />
        <TriggerActions status={status} reload={reload} />
      </div>
    </div>
  );
}
