/** The jitter of a retry delay, so that notifications that failed together do not return together. */
const JITTER = 0.2;

/** A receiver cannot ask for more. */
const LONGEST_RETRY_AFTER_SECONDS = 15 * 60;

/**
 * How long a notification waits for a retry after its latest failed attempt, seconds; `undefined` after the last
 * attempt.
 *
 * @param attempts Attempts so far, at least 1.
 * @param retryDelays The schedule, in seconds: one retry delay after each attempt but the last.
 * @param random From 0 up to 1.
 * @param retryAfter What the receiver asked for, seconds: it counts if it is longer than the scheduled retry delay.
 */
export function holdSeconds(
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

/** The longest that a notification waits for a retry in all, seconds, whatever its receiver asks for. */
export function longestRetrySeconds(retryDelays: readonly number[]): number {
  return retryDelays.reduce(
    (sum, retryDelay) => sum + Math.max(retryDelay * (1 + JITTER), LONGEST_RETRY_AFTER_SECONDS),
    0,
  );
}

/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date.
 *
 * @param now Epoch milliseconds.
 * @returns Whole seconds, from 0 up to 15 minutes; 0 for what is neither.
 */
export function retryAfterSeconds(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (httpDate(text) - now) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.ceil(Math.min(Math.max(0, seconds), LONGEST_RETRY_AFTER_SECONDS));
}

/** The three forms of a date in HTTP (RFC 9110, 5.6.7). `Date.parse` also reads text such as `-32` as a date. */
const HTTP_DATES = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** @returns Epoch milliseconds; NaN for text in another form. */
function httpDate(text: string): number {
  if (!HTTP_DATES.some((form) => form.test(text))) return Number.NaN;
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}
