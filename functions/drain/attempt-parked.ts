import type { Parked } from '../adapters/backlog-items.ts';
import { attempt } from '../attempt/attempt.ts';
import { moveToFailed } from '../attempt/move-to-failed.ts';
import { noteMerged } from '../attempt/note-merged.ts';
import { retryAfterSeconds } from '../core/backoff.ts';
import { mergedOf, triedOf } from '../core/coalescing.ts';
import type { Notification } from '../core/notification.ts';
import { verdictOf } from '../core/verdict.ts';
import type { DrainRun } from './drain-run.ts';
import { forEach } from './for-each.ts';

/** This many throttled responses without a delivery between them park the trigger again. */
const THROTTLES_TO_PARK = 5;

/** The number of merged notifications that are removed in parallel. */
const REMOVALS = 20;

/** Attempts the newest notification of a group in the name of all, and records the result. */
export async function attemptParked(
  run: DrainRun,
  group: readonly Parked[],
  url: string,
): Promise<'delivered' | 'failed' | 'waits'> {
  const older = group.slice(0, -1);
  const parked = { ...triedOf(group), notification: mergedOf(group.map(({ notification }) => notification)) };
  const { backlog, triggers, metrics, retryDelays, random } = run.deps;
  const { notification } = parked;
  const { trigger } = run;
  const number = parked.attempts + 1;
  const { outcome, startedAt, endedAt } = await attempt(notification, url, number, run.deps);
  const firstAttempt = parked.firstAttempt || startedAt;
  const tally = { attempts: number, firstAttempt, lastSuccess: run.lastSuccess };
  const made = { outcome, slow: false, endedAt, from: 'backlog' } as const;
  const verdict = verdictOf(notification, made, tally, { retryDelays, random: random() });
  if (verdict.notification === 'done') {
    run.noteDelivered(notification, endedAt);
    await removeMerged(run, older, notification);
    await backlog.unpark(parked);
    run.recorded();
    metrics.add('drained', trigger);
    return 'delivered';
  }
  const attempts = verdict.isUncounted ? parked.attempts : number;
  run.latestOutcome = outcome;
  if (verdict.isFailure) run.failures++;
  if (outcome.kind === 'throttled') {
    run.throttles++;
    run.pace?.throttled(startedAt, endedAt, 1000 * retryAfterSeconds(outcome.retryAfter, endedAt));
  }
  // One throttled response only makes the pace slower. Several without a delivery between them park the trigger.
  run.isDown ||= verdict.trigger === 'park' && (outcome.kind !== 'throttled' || run.throttles >= THROTTLES_TO_PARK);
  run.halted ||= verdict.trigger === 'pause' || run.failsAgain;
  if (verdict.notification === 'fail') await failParked(run, parked, attempts, outcome.response, older);
  else {
    const nextTry = endedAt + verdict.seconds * 1000;
    await backlog.keepParked({ ...parked, attempts, firstAttempt, response: outcome.response, nextTry }, endedAt);
    await removeMerged(run, older, notification);
    run.recorded();
    metrics.add('held', trigger);
  }
  if (verdict.trigger === 'pause') await triggers.move(trigger, 'pause', { pausedBy: 'gone' });
  return verdict.notification === 'fail' ? 'failed' : 'waits';
}

/** Moves a parked notification to Failed. @param older Those that were merged into it. */
export async function failParked(
  run: DrainRun,
  parked: Parked,
  attempts: number,
  reason: string,
  older: readonly Parked[] = [],
): Promise<void> {
  await moveToFailed(parked.notification, attempts, reason, run.deps);
  await removeMerged(run, older, parked.notification);
  await run.deps.backlog.unpark(parked);
  run.recorded();
}

/**
 * Removes notifications that were merged into a later one. That one leaves the backlog after them, and they are marked as
 * settled before: otherwise they could be called after it.
 */
async function removeMerged({ deps }: DrainRun, older: readonly Parked[], into: Notification): Promise<void> {
  if (older.length === 0) return;
  await deps.backlog.markMerged(
    older.map(({ notification }) => notification),
    into,
    deps.now(),
  );
  await forEach(older, REMOVALS, (parked) => removeMarked(parked, into, deps));
}

/** Removes a notification from the backlog that is marked as merged. */
export async function removeMarked(
  parked: Parked,
  into: Pick<Notification, 'id'>,
  deps: DrainRun['deps'],
): Promise<void> {
  // Before the removal: if only its response is lost, no later run finds the notification.
  noteMerged(parked, into, deps);
  await deps.backlog.unpark(parked);
}
