import { setTimeout } from 'node:timers/promises';

/** The time, and pauses. Tests pass their own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

export const liveClock: Clock = { now: () => Date.now(), sleep: (milliseconds) => setTimeout(milliseconds) };
