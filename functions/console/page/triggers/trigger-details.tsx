import { settingText } from '../../../core/trigger-settings.ts';
import { pendingText } from '../../../operations/pending.ts';
import { stateHelp } from '../texts/triggers.ts';
import { Chart } from './chart.tsx';
import { TriggerActions } from './trigger-actions.tsx';
import type { ViewedTrigger } from './viewed-trigger.ts';

interface Props {
  readonly id: string;
  readonly viewed: ViewedTrigger;
  readonly reload: () => Promise<void>;
}

/** What a trigger's state means, its actions, and a chart of its calls. */
export function TriggerDetails({ id, viewed: { status, text, calls }, reload }: Props) {
  const { day } = calls;
  const settings = [settingText('maxPerSecond', status.maxPerSecond), settingText('coalesce', status.coalesce)];
  const more = [...text.details, pendingText(status), ...settings];
  return (
    <div class="details" id={id}>
      <div>
        <p>{stateHelp[text.name]}</p>
        <p class="muted">{more.filter(Boolean).join('; ')}</p>
        <TriggerActions status={status} latest={day === 'none' ? undefined : day?.latest.at} reload={reload} />
      </div>
      {day !== undefined && day !== 'none' && <Chart id={id} day={day} />}
    </div>
  );
}
