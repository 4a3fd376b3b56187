import type { Parked } from '../adapters/backlog-items.ts';
import { log } from '../adapters/logger.ts';
import { attempt } from '../attempt/attempt.ts';
import { moveToFailed } from '../attempt/move-to-failed.ts';
import { retryAfterSeconds } from '../core/backoff.ts';
import { verdictOf } from '../core/verdict.ts';
import type { DrainRun } from './drain-run.ts';

/** This many throttled responses without a delivery between them park the trigger again. */
const THROTTLES_TO_PARK = 5;

/** Attempts a parked notification and records the result. */
export async function attemptParked(
  run: DrainRun,
  parked: Parked,
  url: string,
): Promise<'delivered' | 'failed' | 'waits'> {
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
    run.delivered++;
    run.failures = 0;
    run.throttles = 0;
    run.pace?.delivered();
    run.lastSuccess = endedAt;
    await backlog.unpark(parked);
    run.recorded();
    metrics.add('drained', trigger);
    log('info', 'delivered in the end', { id: notification.id, trigger, attempt: number });
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
  if (verdict.notification === 'fail') await failParked(run, parked, attempts, outcome.response);
  else {
    const nextTry = endedAt + verdict.seconds * 1000;
    await backlog.keepParked({ ...parked, attempts, firstAttempt, response: outcome.response, nextTry }, endedAt);
    run.recorded();
    metrics.add('held', trigger);
  }
  if (verdict.trigger === 'pause') await triggers.move(trigger, 'pause', { pausedBy: 'gone' });
  return verdict.notification === 'fail' ? 'failed' : 'waits';
}

/** Moves a parked notification to Failed. */
export async function failParked(run: DrainRun, parked: Parked, attempts: number, reason: string): Promise<void> {
  await moveToFailed(parked.notification, attempts, reason, run.deps);
  await run.deps.backlog.unpark(parked);
  run.recorded();
}
