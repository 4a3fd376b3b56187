import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { formatRelative, formatTime } from '../shared/format.ts';
import type { Calls } from './last-day.tsx';
import { peakOf, type StatusText, statusText } from './status.ts';

/** A trigger with what the page shows of it. */
export interface ViewedTrigger {
  readonly status: TriggerStatus;
  readonly text: StatusText;
  readonly calls: Calls;
}

export function viewed(status: TriggerStatus, calls: Calls): ViewedTrigger {
  const { day, isCalled } = calls;
  const latest = day === 'none' ? undefined : day?.latest;
  const failed = latest && latest.outcome !== 'delivered' ? latest.response : undefined;
  const seen = { isCalled, failed, peak: peakOf(status) };
  return { status, text: statusText(status, { time: formatTime, relative: formatRelative }, seen), calls };
}

/** The ID of the button that opens a trigger's details. */
export const detailsButtonId = ({ trigger }: Pick<TriggerStatus, 'trigger'>) => `${trigger.replace('.', '-')}-open`;
