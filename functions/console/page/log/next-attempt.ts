import type { ApiResponse } from '../../api/contract.ts';
import type { FailedNotification } from '../../api/failed-routes.ts';
import type { LogEntry } from '../../api/log-routes.ts';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { formatFull } from '../shared/format.ts';
import { attemptTexts } from '../texts/lists.ts';

interface Known {
  readonly last: LogEntry | undefined;
  readonly status: Pick<TriggerStatus, 'state' | 'nextTryAt'> | undefined;
  readonly failed: Pick<FailedNotification, 'failedAt' | 'reason'> | undefined;
  readonly pending: ApiResponse<'GET /triggers/{trigger}/pending'>['pending'];
}

/** When a notification is attempted next, or why it is not. */
export function nextAttempt({ last, status, failed, pending }: Known, now = Date.now()): string {
  if (failed) return attemptTexts.inFailed(formatFull(failed.failedAt), failed.reason);
  if (pending?.place === 'queue') return attemptTexts.fromQueue(timeOf(pending.nextTryAt, now), pending.attempts + 1);
  if (pending) return fromBacklog(pending.nextTryAt, status, now);
  if (last?.outcome === 'delivered') return attemptTexts.done;
  const at = status?.nextTryAt ?? null;
  return at === null ? attemptTexts.scheduled : attemptTexts.afterTry(timeOf(at, now));
}

function fromBacklog(at: number, status: Known['status'], now: number): string {
  if (status?.state === 'paused') return attemptTexts.afterResume;
  if (status?.state === 'parked') return attemptTexts.afterTry(timeOf(status.nextTryAt ?? 0, now));
  return at > now ? attemptTexts.inOrderFrom(formatFull(at)) : attemptTexts.inOrder;
}

/** A time that has passed is due: the schedule runs each minute, and a retry can be a few seconds late. */
const timeOf = (at: number, now: number) => (at > now ? formatFull(at) : attemptTexts.due);
