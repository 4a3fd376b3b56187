/** Jitter of a retry delay: notifications that failed together are not retried together. */
const JITTER = 0.2;

/** Longer values of `Retry-After` are shortened to this. */
const LONGEST_RETRY_AFTER_SECONDS = 15 * 60;

/**
 * The delay before the next attempt, in seconds; `undefined` after the last attempt.
 *
 * @param attempts Attempts so far, at least 1.
 * @param retryDelays The retry schedule, in seconds: one delay after each attempt but the last.
 * @param random From 0 up to 1.
 * @param retryAfter The delay that the receiver requested, in seconds. It can only make the delay longer.
 */
export function nextRetrySeconds(
  attempts: number,
  retryDelays: readonly number[],
  random: number,
  retryAfter = 0,
): number | undefined {
  const retryDelay = retryDelays[attempts - 1];
  if (retryDelay === undefined) return undefined;
  const jittered = Math.round(retryDelay * (1 + JITTER * (2 * random - 1)));
  return Math.max(1, jittered, retryAfter);
}

/** The longest total of all retry delays of a notification, in seconds, whatever its receiver requests. */
export function longestRetrySeconds(retryDelays: readonly number[]): number {
  return retryDelays.reduce(
    (sum, retryDelay) => sum + Math.max(retryDelay * (1 + JITTER), LONGEST_RETRY_AFTER_SECONDS),
    0,
  );
}

/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3), which contains seconds or a date.
 *
 * @param now Epoch milliseconds.
 * @returns Whole seconds, from 0 up to 15 minutes; 0 for any other text.
 */
export function retryAfterSeconds(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (httpDate(text) - now) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.ceil(Math.min(Math.max(0, seconds), LONGEST_RETRY_AFTER_SECONDS));
}

/** The three date formats of HTTP (RFC 9110, 5.6.7). `Date.parse` alone accepts more, such as `-32`. */
const HTTP_DATES = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** @returns Epoch milliseconds; NaN for text in another format. */
function httpDate(text: string): number {
  if (!HTTP_DATES.some((format) => format.test(text))) return Number.NaN;
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}
