import { retryAfterSeconds } from './backoff.ts';
import type { Outcome } from './outcome.ts';

/** The delay of the first probe of a receiver that is down. */
export const FIRST_PROBE_MS = 30_000;

/** For this long after a throttled response, a drain starts at a low rate. */
export const THROTTLED_MS = 60 * 60_000;

/** The delays of probes. Each is twice the one before, up to the longest. A receiver that throttles is not down, so they are short. */
const delaysOf = (isThrottled: boolean) =>
  isThrottled ? { first: 1_000, longest: 60_000 } : { first: FIRST_PROBE_MS, longest: 60 * 60_000 };

/** The time of a trigger's next probe (epoch milliseconds), and the delay since the probe before (milliseconds). */
export interface NextProbe {
  readonly probeAt: number;
  readonly probeDelay: number;
}

/**
 * Schedules the first probe of a trigger that is parked now, not before the time that its receiver requests.
 *
 * @param at Epoch milliseconds.
 * @param retryAfter The delay that the receiver requested, in seconds; 0 for none.
 */
export function firstProbe(at: number, retryAfter = 0, isThrottled = false): NextProbe {
  const { first } = delaysOf(isThrottled);
  return { probeAt: at + Math.max(first, 1000 * retryAfter), probeDelay: first };
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
export function nextProbe(delay: number, at: number, retryAfter = 0, isThrottled = false): NextProbe {
  const { first, longest } = delaysOf(isThrottled);
  const next = Math.min(Math.max(2 * delay, first), longest);
  // A longer Retry-After sets the time of this probe, and the delays start again.
  if (1000 * retryAfter > next) return { probeAt: at + 1000 * retryAfter, probeDelay: first };
  return { probeAt: at + next, probeDelay: next };
}
