// table row → change → notification → attempt → [outcome]

import { nextRetrySeconds, retryAfterSeconds } from './backoff.ts';
import { isTooOld } from './breaker.ts';
import type { Notification } from './notification.ts';
import type { Outcome } from './outcome.ts';

/** The properties of an attempt that decide its verdict. Times are epoch milliseconds. */
interface Attempt {
  readonly outcome: Outcome;
  /** The response was so slow that even a success counts as a failure. */
  readonly slow: boolean;
  /** Deliver aborted the call, because the trigger was parked or paused during the call. */
  readonly isCut?: boolean;
  readonly endedAt: number;
  /** Attempts from the queue occupy functions that other triggers need; attempts from the backlog do not. */
  readonly from: 'queue' | 'backlog';
}

/** The history of a notification, including this attempt. Times are epoch milliseconds. */
interface Tally {
  readonly attempts: number;
  readonly firstAttempt: number;
  /** The latest known success of the trigger, 0 for none. */
  readonly lastSuccess: number;
}

interface Schedule {
  /** Retry delays in seconds: one after each failed attempt but the last. */
  readonly retryDelays: readonly number[];
  /** From 0 up to 1. */
  readonly random: number;
}

/** The result of an attempt for its notification and its trigger. */
export interface Verdict {
  /**
   * - `done`: it is finished.
   * - `retry`: it is attempted again after a delay.
   * - `keep`: it goes to the trigger's backlog or stays there, also after its last attempt.
   * - `fail`: it moves to Failed.
   */
  readonly notification: 'done' | 'retry' | 'keep' | 'fail';
  /** For `retry` and `keep`: the delay before the next attempt, in seconds. */
  readonly seconds: number;
  /** The trigger is parked at once, or paused. Absent: its state does not change. */
  readonly trigger?: 'park' | 'pause';
  /** Whether it counts as a consecutive failure of the trigger. */
  readonly isFailure: boolean;
  /** The attempt does not count: the receiver requested fewer calls, and did not reject this notification. */
  readonly isUncounted?: true;
}

const done: Verdict = { notification: 'done', seconds: 0, isFailure: false };

/**
 * Decides the result of an attempt, for the queue and for the backlog. A redelivered notification or a test never counts
 * as a consecutive failure, because it says nothing new about the receiver.
 */
export function verdictOf(
  notification: Pick<Notification, 'changedAt' | 'oldestAt' | 'redelivered' | 'test'>,
  { outcome, slow, isCut = false, endedAt, from }: Attempt,
  { attempts, firstAttempt, lastSuccess }: Tally,
  { retryDelays, random }: Schedule,
): Verdict {
  if (notification.test) return done;
  const counts = countsAsFailure(notification);
  // Slow responses park a trigger: attempts from its backlog do not delay other triggers.
  if (outcome.kind === 'delivered') return { ...done, isFailure: slow && counts && from === 'queue' };

  const isOld = isTooOld(notification, endedAt);
  const retryDelay = nextRetrySeconds(attempts, retryDelays, random, retryAfterSeconds(outcome.retryAfter, endedAt));
  const pendingSeconds = from === 'queue' ? 0 : (retryDelay ?? retryDelays.at(-1) ?? 0);
  const keep = { notification: isOld ? 'fail' : 'keep', seconds: isOld ? 0 : pendingSeconds } as const;
  if (outcome.kind === 'gone') return { ...keep, trigger: 'pause', isFailure: false };
  // The receiver controls the rate at which its backlog is delivered.
  if (outcome.kind === 'throttled') {
    const seconds = from === 'queue' || isOld ? 0 : Math.max(1, retryAfterSeconds(outcome.retryAfter, endedAt));
    return { ...keep, seconds, trigger: 'park', isFailure: false, isUncounted: true };
  }
  // Attempts stay blocked until an admin changes the URL or the settings, or the owner of the host name its addresses.
  if (outcome.kind === 'blocked') return { ...keep, trigger: 'park', isFailure: false };

  // An aborted call says nothing about the receiver. Its notification goes to the backlog, like all of its trigger.
  if (isCut) return { ...keep, isFailure: false };
  const isFailure = counts;
  if (isOld) return { ...keep, isFailure };
  if (retryDelay !== undefined) return { notification: 'retry', seconds: retryDelay, isFailure };
  // Nothing was delivered since the first attempt, so the receiver is down and does not reject only this notification.
  if (lastSuccess < firstAttempt && counts) return { ...keep, trigger: 'park', isFailure };
  return { notification: 'fail', seconds: 0, isFailure };
}

/** Returns whether failed or slow attempts at a notification count as consecutive failures of its trigger. */
export function countsAsFailure({ redelivered, test }: Pick<Notification, 'redelivered' | 'test'>): boolean {
  return redelivered === undefined && !test;
}
