import { errorFields, log } from '../adapters/logger.ts';
import { remember } from '../adapters/remember.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import { AttemptLog } from '../attempt/attempt-log.ts';
import { FAILURES_TO_PARK } from '../core/breaker.ts';
import type { Trigger } from '../core/entity.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Pace } from '../core/pace.ts';
import type { DrainDeps } from './deps.ts';
import { forEach } from './for-each.ts';

/** Reserved of the function's time, to record the results of the last attempts. */
const RESERVE_MS = 5_000;

/** A run ends after so many results in a row that could not be stored: each of these calls will be repeated. */
const MOST_UNRECORDED = 10;

/** How long to wait for a turn before time and state are checked again. */
const LONGEST_TURN_MS = 1_000;

/** How old the trigger's state may be during a pass. */
const LATEST_MS = 1_000;

/** One run of drain for one trigger: what its steps share. */
export class DrainRun {
  readonly trigger: Trigger;
  readonly deps: DrainDeps & { readonly noted: AttemptLog };
  readonly #remainingMs: () => number;
  /** The trigger as it was at most a second ago. */
  readonly latest: () => Promise<TriggerNow | undefined>;
  /** Records with a result that could not be stored: nothing of them is attempted again in this run. */
  readonly stuck = new Set<string>();
  delivered = 0;
  lastSuccess = 0;
  /** The latest attempt that was not delivered. */
  latestOutcome: Outcome = { kind: 'failed', response: '' };
  /** How fast the receiver may be called; absent until the run's first pass. */
  pace: Pace | undefined;
  /** Throttled responses since the latest delivery. */
  throttles = 0;
  /** Of a pass: consecutive failures, over all records. */
  failures = 0;
  /** Of a pass: the trigger is to be parked, whatever its failures. */
  isDown = false;
  /** Of a pass: nothing more is to be attempted. */
  halted = false;
  /** Results in a row that could not be stored. */
  #unrecorded = 0;

  constructor(trigger: Trigger, deps: DrainDeps, remainingMs: () => number) {
    this.trigger = trigger;
    this.deps = { ...deps, noted: new AttemptLog(deps) };
    this.#remainingMs = remainingMs;
    this.latest = remember(() => this.read(), LATEST_MS, deps.now);
  }

  async read(): Promise<TriggerNow | undefined> {
    return (await this.deps.triggers.read([this.trigger])).get(this.trigger);
  }

  hasTime(): boolean {
    return this.#remainingMs() >= this.deps.attemptMs + RESERVE_MS;
  }

  /** The tables do not store results: the run has to end. */
  get cannotRecord(): boolean {
    return this.#unrecorded >= MOST_UNRECORDED;
  }

  recorded(): void {
    this.#unrecorded = 0;
  }

  beginPass(): void {
    this.failures = 0;
    this.isDown = false;
    this.halted = false;
  }

  /**
   * Waits until the receiver may be called.
   *
   * @returns Whether it may; not when the pass has to end before.
   */
  async turn(): Promise<boolean> {
    for (;;) {
      if (this.halted || !this.hasTime()) return false;
      const wait = this.pace?.take(this.deps.now());
      if (!wait) return true;
      await this.deps.sleep(Math.min(wait, LONGEST_TURN_MS));
    }
  }

  /** Attempts fail again: the trigger has to be parked. */
  get failsAgain(): boolean {
    return this.failures >= FAILURES_TO_PARK || this.isDown;
  }

  /** The same as `forEach`, but a failure with one item stops no other; many in a row halt the pass. */
  forEach<Item>(items: readonly Item[], limit: number, work: (item: Item) => Promise<void>): Promise<void> {
    return forEach(items, limit, (item) =>
      work(item).catch((error) => {
        this.#unrecorded++;
        this.halted ||= this.cannotRecord;
        log('error', 'cannot store the result of an attempt', { trigger: this.trigger, ...errorFields(error) });
      }),
    );
  }
}
