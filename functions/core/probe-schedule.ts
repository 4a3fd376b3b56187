import { retryAfterSeconds } from './backoff.ts';
import type { Outcome } from './outcome.ts';

/** The delay of the first probe. Each later delay is twice the one before, up to the longest. */
export const FIRST_PROBE_MS = 30_000;
const LONGEST_PROBE_MS = 60 * 60_000;

/** The time of a trigger's next probe (epoch milliseconds), and the delay since the probe before (milliseconds). */
export interface NextProbe {
  readonly probeAt: number;
  readonly probeDelay: number;
}

/**
 * Schedules the first probe of a trigger that is parked now, not before the time that its receiver requests. A receiver
 * that throttles is not down, so it is probed at that time, or after a second if it requested none.
 *
 * @param at Epoch milliseconds.
 * @param retryAfter The delay that the receiver requested, in seconds; 0 for none.
 */
export function firstProbe(at: number, retryAfter = 0, isThrottled = false): NextProbe {
  const delay = Math.max(isThrottled ? 1_000 : FIRST_PROBE_MS, 1000 * retryAfter);
  return { probeAt: at + delay, probeDelay: FIRST_PROBE_MS };
}

/** Returns what is stored of a trigger that is parked after an attempt. @param at Epoch milliseconds. */
export function parkedAfter({ kind, response, retryAfter }: Outcome, at: number) {
  const isThrottled = kind === 'throttled';
  return {
    ...firstProbe(at, retryAfterSeconds(retryAfter, at), isThrottled),
    parkedBecause: response,
    throttledAt: isThrottled ? at : 0,
  };
}

/**
 * Schedules the probe after one that failed.
 *
 * @param delay The delay of the probe that failed, in milliseconds.
 * @param at Epoch milliseconds.
 * @param retryAfter The delay that the receiver requested, in seconds; 0 for none.
 */
export function nextProbe(delay: number, at: number, retryAfter = 0): NextProbe {
  const next = Math.min(2 * delay, LONGEST_PROBE_MS);
  // A longer Retry-After sets the time of this probe, and the delays start again.
  if (1000 * retryAfter > next) return { probeAt: at + 1000 * retryAfter, probeDelay: FIRST_PROBE_MS };
  return { probeAt: at + next, probeDelay: next };
}
