// table row → change → notification → attempt → [outcome]

import { holdSeconds, retryAfterSeconds } from './backoff.ts';
import { isTooOld } from './breaker.ts';
import type { Notification } from './notification.ts';
import type { Outcome } from './outcome.ts';

/** The parts of an attempt that the verdict depends on. Times are epoch milliseconds. */
interface Made {
  readonly outcome: Outcome;
  /** The response took so long that the call counts as a failure even when it succeeded. */
  readonly slow: boolean;
  /** We aborted it, because its trigger was parked or paused meanwhile. */
  readonly isCut?: boolean;
  readonly endedAt: number;
  /** A notification from the queue is attempted by functions that other triggers need; one from the backlog is not. */
  readonly from: 'queue' | 'backlog';
}

/** A notification's attempts so far, including this one. Times are epoch milliseconds. */
interface Tally {
  readonly attempts: number;
  readonly firstAttempt: number;
  /** The trigger's latest success that is known, 0 for none. */
  readonly lastSuccess: number;
}

interface Schedule {
  /** Retry delays, seconds: one after each failed attempt but the last. */
  readonly retryDelays: readonly number[];
  /** From 0 up to 1. */
  readonly random: number;
}

/** What follows from an attempt. */
export interface Verdict {
  /**
   * - `done`: nothing is left to do.
   * - `retry`: it is attempted again after a delay.
   * - `keep`: it stays pending in its trigger's backlog, whatever its attempts.
   * - `fail`: it moves to Failed.
   */
  readonly notification: 'done' | 'retry' | 'keep' | 'fail';
  /** For `retry` and `keep`: not to be attempted before so many seconds have passed. */
  readonly seconds: number;
  /** What becomes of the trigger: it is parked at once, or paused. Absent: nothing. */
  readonly trigger?: 'park' | 'pause';
  /** Whether it counts as a consecutive failure of the trigger. */
  readonly isFailure: boolean;
  /** The attempt is not counted: the receiver asks for fewer calls, it does not reject this one. */
  readonly isUncounted?: true;
}

const done: Verdict = { notification: 'done', seconds: 0, isFailure: false };

/**
 * Decides what follows from an attempt, in the same way for the queue and for the backlog. A redelivered notification
 * or a test never counts as a consecutive failure: it says nothing new about the receiver.
 */
export function verdictOf(
  notification: Pick<Notification, 'changedAt' | 'redelivered' | 'test'>,
  { outcome, slow, isCut = false, endedAt, from }: Made,
  { attempts, firstAttempt, lastSuccess }: Tally,
  { retryDelays, random }: Schedule,
): Verdict {
  if (notification.test) return done;
  const counts = countsAsFailure(notification);
  // A slow receiver lives in its backlog: there its slowness delays nobody else.
  if (outcome.kind === 'delivered') return { ...done, isFailure: slow && counts && from === 'queue' };

  const isOld = isTooOld(notification, endedAt);
  const retryDelay = holdSeconds(attempts, retryDelays, random, retryAfterSeconds(outcome.retryAfter, endedAt));
  const pendingSeconds = from === 'queue' ? 0 : (retryDelay ?? retryDelays.at(-1) ?? 0);
  const keep = { notification: isOld ? 'fail' : 'keep', seconds: isOld ? 0 : pendingSeconds } as const;
  if (outcome.kind === 'gone') return { ...keep, trigger: 'pause', isFailure: false };
  // The receiver decides how fast its backlog is delivered.
  if (outcome.kind === 'throttled') {
    const seconds = from === 'queue' || isOld ? 0 : Math.max(1, retryAfterSeconds(outcome.retryAfter, endedAt));
    return { ...keep, seconds, trigger: 'park', isFailure: false, isUncounted: true };
  }
  // Another attempt would change nothing until an admin, or the owner of the host name, does.
  if (outcome.kind === 'blocked') return { ...keep, trigger: 'park', isFailure: false };

  // It says nothing of its own, and goes where all of its trigger go.
  if (isCut) return { ...keep, isFailure: false };
  const isFailure = counts;
  if (isOld) return { ...keep, isFailure };
  if (retryDelay !== undefined) return { notification: 'retry', seconds: retryDelay, isFailure };
  // Nothing was delivered since its first attempt: the receiver is down, it does not reject this notification alone.
  if (lastSuccess < firstAttempt && counts) return { ...keep, trigger: 'park', isFailure };
  return { notification: 'fail', seconds: 0, isFailure };
}

/** Whether failed or slow attempts at a notification count as consecutive failures of its trigger. */
export function countsAsFailure({ redelivered, test }: Pick<Notification, 'redelivered' | 'test'>): boolean {
  return redelivered === undefined && !test;
}
