import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { Notification } from '../core/notification.ts';
import type { AttemptLog } from './attempt-log.ts';

interface NoteMergedDeps {
  readonly metrics: Pick<MetricsDeps['metrics'], 'add'>;
  readonly noted: Pick<AttemptLog, 'note'>;
  now(): number;
}

/** Adds a notification to the delivery log as merged into a later one. */
export function noteMerged(
  { notification, attempts }: { readonly notification: Notification; readonly attempts: number },
  into: Pick<Notification, 'id'>,
  { metrics, noted, now }: NoteMergedDeps,
): void {
  const { id, trigger, formattedString } = notification;
  const merged = { outcome: 'merged', response: `merged into ${into.id}`, milliseconds: 0 } as const;
  noted.note({ at: now(), trigger, id, formattedString, attempt: attempts, ...merged });
  metrics.add('merged', trigger);
}
