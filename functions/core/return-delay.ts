/** The delay grows after this many receives. */
const STEADY_RECEIVES = 10;
const GROWTH = 1.2;
const LONGEST_RETURN_SECONDS = 30 * 60;

/**
 * The delay, in seconds, before a message is received again. It is for messages that an internal error returned to the
 * queue, and for messages that wait until their trigger's state changes.
 *
 * SQS moves a message to the dead-letter queue after 1,000 receives. The delay grows so that 1,000 receives take longer
 * than the 14 days for which the queue keeps a message. If all receives had this delay, the next delay is less than a
 * fifth of the time that passed.
 *
 * @param first The delay of the first receives, in seconds.
 * @param receives The number of receives of the message, at least 1.
 */
export function returnSeconds(first: number, receives: number): number {
  const grown = first * GROWTH ** Math.max(0, receives - STEADY_RECEIVES);
  return Math.min(LONGEST_RETURN_SECONDS, Math.round(grown));
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_600;

/** The unprocessed part of a batch is sent again at most this often, within about five seconds. */
export const BUSY_TRIES = 8;

/**
 * The pause, in milliseconds, before the unprocessed part of a batch is sent to DynamoDB again. Each pause is twice the
 * one before; jitter shortens it by up to a half.
 *
 * @param attempt 0 for the first pause.
 * @param random From 0 up to 1.
 */
export function busyPauseMs(attempt: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (1 - random / 2);
}
