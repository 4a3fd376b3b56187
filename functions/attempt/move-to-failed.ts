import type { Backlog } from '../adapters/backlog.ts';
import { log } from '../adapters/logger.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { Notification } from '../core/notification.ts';

interface MoveToFailedDeps {
  readonly backlog: Pick<Backlog, 'fail'>;
  readonly metrics: Pick<MetricsDeps['metrics'], 'add'>;
  now(): number;
}

/**
 * Adds a notification to Failed. The caller removes it from the queue or backlog afterwards, so that it is never
 * lost.
 */
export async function moveToFailed(
  notification: Notification,
  attempts: number,
  reason: string,
  { backlog, metrics, now }: MoveToFailedDeps,
): Promise<void> {
  const { id, trigger, changedAt, sequence, record } = notification;
  await backlog.fail({ id, trigger, reason, attempts, failedAt: now(), changedAt, sequence, record, notification });
  metrics.add('failed', trigger);
  log('error', 'a notification failed', { id, trigger, attempts, reason });
}
