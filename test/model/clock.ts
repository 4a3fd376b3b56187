/** What the models know of time. */
export interface Time {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
  /** Does something after a time, unless it is cancelled before. @returns What cancels it. */
  after(milliseconds: number, act: () => void): () => void;
}

/** Time as it passes by itself. It keeps no process alive. */
export const realTime: Time = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds).unref()),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/** The event loop turns once in so many steps; between them only promises are settled, which costs less. */
const STEPS_PER_TURN = 100;

/** Time that passes only when everybody waits. */
export class Clock implements Time {
  #now = 1_760_000_000_000;
  #made = 0;
  #steps = 0;
  readonly #timers: { at: number; made: number; wake: () => void }[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      const timer = { at: this.#now + Math.max(0, milliseconds), made: this.#made++, wake };
      // The latest first, so that the next is popped from the end.
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

  /** Lets time pass until something holds. @returns Whether it came to hold before `limit`, epoch milliseconds. */
  async until(isMet: () => boolean, limit: number): Promise<boolean> {
    for (;;) {
      // Whatever was woken goes on until it waits again.
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

/** A tick begins when all promises that can be settled are. */
function settled(resolve: () => void): void {
  process.nextTick(resolve);
}

function isBefore(a: { at: number; made: number }, b: { at: number; made: number }): boolean {
  return a.at === b.at ? a.made < b.made : a.at < b.at;
}
