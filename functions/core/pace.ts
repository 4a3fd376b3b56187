/** Calls a second: the first rate for a receiver that throttles, and the lowest rate. */
const FIRST_RATE = 1;
const LOWEST_RATE = 0.2;

/** Calls a second: the rate that the first throttled response decreases if there was no limit before. */
const GUESSED_RATE = 10;

/** A throttled response multiplies the rate by this. */
const DECREASE = 0.8;

/** Each delivery adds this to the rate: about 0.5 % a second. More of it ends in more throttled calls, and takes longer. */
const INCREASE = 0.005;

/**
 * Limits the rate of calls: to the trigger's own limit, and to what a receiver that throttles accepts (additive increase,
 * multiplicative decrease). That rate starts low and doubles each second until the first throttled response. It has no
 * bound for a receiver that never throttled.
 */
export class Pace {
  /** The trigger's own limit, in calls a second. */
  limit: number;
  /** Calls a second that the receiver accepts. */
  #rate: number;
  #doubles: boolean;
  #nextAt: number;
  #decreasedAt = 0;

  /**
   * @param isThrottled Whether the receiver has throttled calls recently.
   * @param notBefore The earliest time of the first call, in epoch milliseconds.
   */
  constructor(isThrottled: boolean, limit = Number.POSITIVE_INFINITY, notBefore = 0) {
    this.#rate = isThrottled ? FIRST_RATE : Number.POSITIVE_INFINITY;
    this.#doubles = isThrottled;
    this.limit = limit;
    this.#nextAt = notBefore;
  }

  /** The calls a second that a receiver that throttles accepts. Absent if it never throttled. */
  get throttledRate(): number | undefined {
    return Number.isFinite(this.#rate) ? Math.round(10 * this.#rate) / 10 : undefined;
  }

  /** The earliest time of the next call, in epoch milliseconds. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /**
   * Reserves a call if the rate allows one now.
   *
   * @param now Milliseconds.
   * @returns 0 if the call can be made, otherwise the milliseconds to wait before the next `take`.
   */
  take(now: number): number {
    if (now < this.#nextAt) return this.#nextAt - now;
    const rate = Math.min(this.#rate, this.limit);
    if (Number.isFinite(rate)) this.#nextAt = now + 1000 / rate;
    return 0;
  }

  delivered(): void {
    if (Number.isFinite(this.#rate)) this.#rate += this.#doubles ? 1 : INCREASE;
  }

  /**
   * @param startedAt The start of the call. Calls that were in flight together decrease the rate only once.
   * @param retryAfterMs The delay that the receiver requested, in milliseconds; 0 for none.
   */
  throttled(startedAt: number, now: number, retryAfterMs: number): void {
    this.#doubles = false;
    if (startedAt >= this.#decreasedAt) {
      const rate = Number.isFinite(this.#rate) ? this.#rate : GUESSED_RATE;
      this.#rate = Math.max(LOWEST_RATE, rate * DECREASE);
      this.#decreasedAt = now;
    }
    this.#nextAt = Math.max(this.#nextAt, now + Math.max(retryAfterMs, 1000 / this.#rate));
  }
}
