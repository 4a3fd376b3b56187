/** The delay grows after so many receives. */
const STEADY_RECEIVES = 10;
const GROWTH = 1.2;
const LONGEST_RETURN_SECONDS = 30 * 60;

/**
 * After how many seconds a message is received again that cannot be handled for an internal reason, or that waits for its
 * trigger's state to change. SQS moves a message to the dead-letter queue after 1,000 receives; the delay grows so that 1,000
 * receives take longer than the 14 days for which the queue keeps it. Where all receives were of this kind, it stays below a
 * fifth of the time waited so far.
 *
 * @param first The delay of the first receives, seconds.
 * @param receives How often the message was received, at least 1.
 */
export function returnSeconds(first: number, receives: number): number {
  const grown = first * GROWTH ** Math.max(0, receives - STEADY_RECEIVES);
  return Math.min(LONGEST_RETURN_SECONDS, Math.round(grown));
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_600;

/** How often the unprocessed part of a batch is sent again: for about five seconds in all. */
export const BUSY_TRIES = 8;

/**
 * How long to wait before asking DynamoDB again for what it left unprocessed, milliseconds: each pause is twice the one
 * before, and jitter takes up to half of it away.
 *
 * @param attempt 0 for the first pause.
 * @param random From 0 up to 1.
 */
export function busyPauseMs(attempt: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (1 - random / 2);
}
