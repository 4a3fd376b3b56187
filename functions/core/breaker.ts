import type { Notification } from './notification.ts';

/**
 * The states of a trigger. Two functions and an admin can change one trigger at the same time. Each move is a
 * conditional write from its start state, so a trigger never leaves this diagram.
 *
 * - **active**: notifications are attempted when they arrive.
 * - **parked**: the receiver is down or throttles. Notifications go to the backlog. At times one is attempted (a probe).
 * - **draining**: the receiver responds again. The backlog is delivered in order; new notifications go behind it.
 * - **finishing**: the backlog was empty. New notifications wait until one more read confirms it.
 * - **paused**: an admin paused it, or the receiver responded 410 Gone. Notifications go to the backlog.
 */
export const states = ['active', 'parked', 'draining', 'finishing', 'paused'] as const;

export type State = (typeof states)[number];

export type Move = 'park' | 'drain' | 'finish' | 'parkAgain' | 'drainAgain' | 'activate' | 'pause' | 'resume';

export const diagram: Readonly<Record<Move, { readonly from: readonly State[]; readonly to: State }>> = {
  /** Too many consecutive failures, or the receiver throttles. */
  park: { from: ['active'], to: 'parked' },
  /** A probe was delivered, or the backlog is empty. */
  drain: { from: ['parked'], to: 'draining' },
  /** A read found the backlog empty. */
  finish: { from: ['draining'], to: 'finishing' },
  /** All attempts fail again. */
  parkAgain: { from: ['draining'], to: 'parked' },
  /** A read found the backlog not empty, after an earlier read had found it empty. Or calls exceed the trigger's limit. */
  drainAgain: { from: ['finishing', 'active'], to: 'draining' },
  /** The backlog is still empty, and no function can add to it any more. */
  activate: { from: ['finishing'], to: 'active' },
  pause: { from: ['active', 'parked', 'draining', 'finishing'], to: 'paused' },
  resume: { from: ['paused'], to: 'draining' },
};

/** In these states notifications go to the backlog. */
export const parkingStates: ReadonlySet<State> = new Set(['parked', 'draining', 'paused']);

/** This many consecutive failures park a trigger. */
export const FAILURES_TO_PARK = 10;

/** A slower response counts as a failure even with status 2xx: it occupies functions that other triggers need. */
export const SLOW_MS = 5_000;

/** A notification moves to Failed this long after its change, or after it was redelivered. */
export const PENDING_MS = 72 * 60 * 60_000;

type Dated = Pick<Notification, 'changedAt' | 'redelivered' | 'oldestAt'>;

/** Returns the time after which a notification moves to Failed, in epoch milliseconds. */
export function pendingUntil({ changedAt, oldestAt = changedAt, redelivered = oldestAt }: Dated): number {
  return redelivered + PENDING_MS;
}

/**
 * Returns whether a notification is so old that it moves to Failed.
 *
 * @param now Epoch milliseconds.
 */
export function isTooOld(notification: Dated, now: number): boolean {
  return now > pendingUntil(notification);
}
