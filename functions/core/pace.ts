/** Calls a second at which a receiver that throttles is tried first, and at least. */
const FIRST_RATE = 1;
const LOWEST_RATE = 0.2;

/** The rate after the first throttled response of a receiver that had no limit before. */
const GUESSED_RATE = 10;

/** What a throttled response leaves of the rate, and what each delivery adds to it: about 1 % a second. */
const DECREASE = 0.8;
const INCREASE = 0.01;

/**
 * The rate at which calls are made to a receiver that throttles (additive increase, multiplicative decrease). It begins slowly and
 * doubles each second until the first throttled response. Without a throttled response it does not limit anything.
 */
export class Pace {
  /** Calls a second. */
  #rate: number;
  #doubles: boolean;
  #nextAt = 0;
  #decreasedAt = 0;

  /** @param isThrottled Whether the receiver has throttled calls recently. */
  constructor(isThrottled: boolean) {
    this.#rate = isThrottled ? FIRST_RATE : Number.POSITIVE_INFINITY;
    this.#doubles = isThrottled;
  }

  /** Takes the turn for a call if it has come. @returns 0, or how long to wait before asking again, milliseconds. */
  take(now: number): number {
    if (now < this.#nextAt) return this.#nextAt - now;
    if (Number.isFinite(this.#rate)) this.#nextAt = now + 1000 / this.#rate;
    return 0;
  }

  delivered(): void {
    if (Number.isFinite(this.#rate)) this.#rate += this.#doubles ? 1 : INCREASE;
  }

  /**
   * @param startedAt When the call began: those that were under way together decrease the rate once.
   * @param retryAfterMs How long the receiver asks to wait, 0 for nothing.
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
