import type { Notification } from '../core/notification.ts';
import type { Backlog } from '../edge/backlog.ts';
import { log } from '../edge/log.ts';

/** Keeps a notification among the failed. Who calls it takes it from where it waited, afterwards, so that none is lost. */
export async function giveUp(
  notification: Notification,
  attempts: number,
  reason: string,
  { backlog, now }: { readonly backlog: Pick<Backlog, 'fail'>; now(): number },
): Promise<void> {
  const { id, trigger, changedAt, sequence, record } = notification;
  await backlog.fail({ id, trigger, reason, attempts, failedAt: now(), changedAt, sequence, record, notification });
  log('error', 'a notification failed', { id, trigger, attempts, reason });
}
