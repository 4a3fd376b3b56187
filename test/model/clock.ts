/** The time of a model. */
export interface Time {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
  /** Calls a function after a time. @returns A function that cancels the call. */
  after(milliseconds: number, act: () => void): () => void;
}

/** The real time. It does not keep the process alive. */
export const realTime: Time = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds).unref()),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/** The event loop turns once per this number of steps. Between them only promises are resolved, which is faster. */
const STEPS_PER_TURN = 100;

/** A virtual time that advances only while all code waits. */
export class Clock implements Time {
  #now = 1_760_000_000_000;
  #made = 0;
  #steps = 0;
  readonly #timers: { at: number; made: number; wake: () => void }[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      const timer = { at: this.#now + Math.max(0, milliseconds), made: this.#made++, wake };
      // Latest first, so that the next one is at the end.
      let index = this.#timers.length;
      while (index > 0 && isBefore(this.#timers[index - 1] as typeof timer, timer)) index--;
      this.#timers.splice(index, 0, timer);
    });

  readonly after = (milliseconds: number, act: () => void): (() => void) => {
    let cancelled = false;
    void this.sleep(milliseconds).then(() => {
      if (!cancelled) act();
    });
    return () => {
      cancelled = true;
    };
  };

  /** Advances the time until a condition is met. @returns Whether it was met before `limit`, in epoch milliseconds. */
  async until(isMet: () => boolean, limit: number): Promise<boolean> {
    for (;;) {
      // Code that was woken runs until it waits again.
      await new Promise<void>(this.#steps++ % STEPS_PER_TURN === 0 ? setImmediate : settled);
      if (isMet()) return true;
      const next = this.#timers.at(-1);
      if (!next || next.at > limit) {
        this.#now = Math.max(this.#now, limit);
        return false;
      }
      this.#timers.pop();
      this.#now = next.at;
      next.wake();
    }
  }
}

/** A tick begins after all promises that can be resolved are resolved. */
function settled(resolve: () => void): void {
  process.nextTick(resolve);
}

function isBefore(a: { at: number; made: number }, b: { at: number; made: number }): boolean {
  return a.at === b.at ? a.made < b.made : a.at < b.at;
}
