import { errorFields, log } from '../adapters/logger.ts';
import { remember } from '../adapters/remember.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import { AttemptLog } from '../attempt/attempt-log.ts';
import { FAILURES_TO_PARK } from '../core/breaker.ts';
import type { Trigger } from '../core/entity.ts';
import type { Notification } from '../core/notification.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Pace } from '../core/pace.ts';
import { inBatches } from '../core/waves.ts';
import type { DrainDeps } from './deps.ts';
import { forEach } from './for-each.ts';

/** The time at the end of the function that is reserved for storing results. */
const RESERVE_MS = 5_000;

/** A run ends after this many consecutive results that cannot be stored, because each of these calls will be repeated. */
const MOST_UNRECORDED = 10;

/** While a call waits for the pace, the time and the state are checked at this interval. */
const LONGEST_TURN_MS = 1_000;

/** The most IDs in a line of the log, so that a line is much shorter than CloudWatch allows. */
const IDS_PER_LINE = 500;

/** The maximum age of the trigger's state during a pass. */
const LATEST_MS = 1_000;

/** The state of one run of drain for one trigger, shared by its steps. */
export class DrainRun {
  readonly trigger: Trigger;
  readonly deps: DrainDeps & { readonly noted: AttemptLog };
  readonly #remainingMs: () => number;
  /** Reads the trigger. The result is at most a second old. */
  readonly latest: () => Promise<TriggerNow | undefined>;
  /** Records with a result that could not be stored. They are not attempted again in this run. */
  readonly stuck = new Set<string>();
  delivered = 0;
  /** The IDs of delivered notifications that are not in the function's log yet. */
  #unlogged: string[] = [];
  lastSuccess = 0;
  /** The outcome of the latest attempt that was not delivered. */
  latestOutcome: Outcome = { kind: 'failed', response: '' };
  /** Limits the rate of calls. Absent until the run's first pass. */
  pace: Pace | undefined;
  /** The number of throttled responses since the latest delivery. */
  throttles = 0;
  /** The number of consecutive failures in this pass, over all records. */
  failures = 0;
  /** An attempt of this pass showed that the trigger must be parked. */
  isDown = false;
  /** This pass makes no more attempts. */
  halted = false;
  /** The number of consecutive results that could not be stored. */
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

  noteDelivered({ id }: Pick<Notification, 'id'>, at: number): void {
    this.delivered++;
    this.failures = 0;
    this.throttles = 0;
    this.pace?.delivered();
    this.lastSuccess = at;
    this.#unlogged.push(id);
  }

  /** Writes what was collected: attempts, metrics and IDs. A line for each ID would cost a tenth of the CPU of a drain. */
  async write(): Promise<void> {
    const { noted, metrics } = this.deps;
    const ids = this.#unlogged;
    this.#unlogged = [];
    await noted.write();
    metrics.write();
    for (const some of inBatches(ids, IDS_PER_LINE))
      log('info', 'delivered in the end', { trigger: this.trigger, ids: some });
  }

  /** Results cannot be stored, so the run must end. */
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
   * Waits until the pace allows a call.
   *
   * @returns Whether to make the call. It returns false if the pass must end first.
   */
  async turn(): Promise<boolean> {
    for (;;) {
      if (this.halted || !this.hasTime()) return false;
      const limit = (await this.latest())?.maxPerSecond;
      if (this.pace) this.pace.limit = limit ?? Number.POSITIVE_INFINITY;
      const wait = this.pace?.take(this.deps.now());
      if (!wait) return true;
      await this.deps.sleep(Math.min(wait, LONGEST_TURN_MS));
    }
  }

  /** Attempts fail again, so the trigger must be parked. */
  get failsAgain(): boolean {
    return this.failures >= FAILURES_TO_PARK || this.isDown;
  }

  /** The same as `forEach`, but an error with one item does not stop the others. Many consecutive errors halt the pass. */
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
