/** How far a hold may stray from its length, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * For how many seconds to hold a notification after its latest failed attempt, or `undefined` when it has had its last.
 *
 * @param attempts Attempts so far, at least 1.
 * @param holds The schedule, in seconds: one hold after each attempt but the last.
 * @param random From 0 up to 1.
 */
export function holdSeconds(attempts: number, holds: readonly number[], random: number): number | undefined {
  const hold = holds[attempts - 1];
  return hold === undefined ? undefined : Math.max(1, Math.round(hold * (1 + JITTER * (2 * random - 1))));
}
