/** The timeout of deliver, in milliseconds. */
export const DELIVER_TIMEOUT_MS = 60_000;

/** The visibility timeout of the delivery queue, in milliseconds. AWS recommends six times the function's timeout. */
export const VISIBILITY_MS = 6 * DELIVER_TIMEOUT_MS;
