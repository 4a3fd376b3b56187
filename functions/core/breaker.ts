import { retryAfterSeconds } from './backoff.ts';
import type { Notification } from './notification.ts';
import type { Outcome } from './outcome.ts';

/**
 * The states of a trigger. Two functions and an admin can change one trigger at the same time. Each move is a
 * conditional write from the state in which it starts, so no move can leave this diagram.
 *
 * - **active**: its notifications are attempted as they come.
 * - **parked**: its receiver is down or throttles. Notifications go to the backlog; from time to time one is
 * attempted (a probe).
 * - **draining**: the receiver responds again. The backlog is delivered in order; new notifications go behind it.
 * - **finishing**: the backlog was empty. One more read decides; new notifications wait for it.
 * - **paused**: by an admin, or by the response 410 Gone. Notifications go to the backlog.
 */
export const states = ['active', 'parked', 'draining', 'finishing', 'paused'] as const;

export type State = (typeof states)[number];

export type Move = 'park' | 'drain' | 'finish' | 'parkAgain' | 'drainAgain' | 'activate' | 'pause' | 'resume';

export const diagram: Readonly<Record<Move, { readonly from: readonly State[]; readonly to: State }>> = {
  /** Too many consecutive failures, or the receiver throttles. */
  park: { from: ['active'], to: 'parked' },
  /** A probe was delivered, or the backlog is empty. */
  drain: { from: ['parked'], to: 'draining' },
  /** The backlog was seen empty. */
  finish: { from: ['draining'], to: 'finishing' },
  /** Whatever is tried fails again. */
  parkAgain: { from: ['draining'], to: 'parked' },
  /** The backlog was empty before, and is not now. */
  drainAgain: { from: ['finishing', 'active'], to: 'draining' },
  /** The backlog is still empty: no function can add to it any more. */
  activate: { from: ['finishing'], to: 'active' },
  pause: { from: ['active', 'parked', 'draining', 'finishing'], to: 'paused' },
  resume: { from: ['paused'], to: 'draining' },
};

/** In these states notifications go to the backlog. */
export const parkingStates: ReadonlySet<State> = new Set(['parked', 'draining', 'paused']);

/** This many consecutive failures in a row park a trigger. */
export const FAILURES_TO_PARK = 10;

/** A slower response counts as a failure, also a good one: it takes up functions that other triggers need. */
export const SLOW_MS = 5_000;

/** The first probe is made after this time, each later one after twice the time before it, up to the longest. */
export const FIRST_PROBE_MS = 30_000;
const LONGEST_PROBE_MS = 60 * 60_000;

/** When a trigger is probed, and how long after the probe before, milliseconds. */
export interface NextProbe {
  readonly probeAt: number;
  readonly probeDelay: number;
}

/**
 * When a trigger that is parked at a time is probed first: not before its receiver asks for it. A receiver that throttles is not
 * down, so it is probed as soon as it asks for it.
 *
 * @param at Epoch milliseconds.
 * @param retryAfter What the receiver asked for, seconds; 0 for nothing.
 */
export function firstProbe(at: number, retryAfter = 0, isThrottled = false): NextProbe {
  const delay = Math.max(isThrottled ? 1_000 : FIRST_PROBE_MS, 1000 * retryAfter);
  return { probeAt: at + delay, probeDelay: FIRST_PROBE_MS };
}

/** What is stored of a trigger that is parked after an attempt. @param at Epoch milliseconds. */
export function parkedAfter({ kind, response, retryAfter }: Outcome, at: number) {
  const isThrottled = kind === 'throttled';
  return {
    ...firstProbe(at, retryAfterSeconds(retryAfter, at), isThrottled),
    parkedBecause: response,
    throttledAt: isThrottled ? at : 0,
  };
}

/**
 * When to probe after a probe that failed.
 *
 * @param delay The time before that probe, milliseconds.
 * @param at Epoch milliseconds.
 * @param retryAfter What the receiver asked for, seconds; 0 for nothing.
 */
export function nextProbe(delay: number, at: number, retryAfter = 0): NextProbe {
  const next = Math.min(2 * delay, LONGEST_PROBE_MS);
  // With a short delay nothing is probed before the receiver asks for it.
  if (1000 * retryAfter > next) return { probeAt: at + 1000 * retryAfter, probeDelay: FIRST_PROBE_MS };
  return { probeAt: at + next, probeDelay: next };
}

/** A notification moves to Failed this long after its change, or after it was redelivered. */
const GIVE_UP_MS = 72 * 60 * 60_000;

/** Whether a notification has waited so long that it is moved to Failed. @param now Epoch milliseconds. */
export function isTooOld(
  { changedAt, redelivered = changedAt }: Pick<Notification, 'changedAt' | 'redelivered'>,
  now: number,
): boolean {
  return now - redelivered > GIVE_UP_MS;
}
