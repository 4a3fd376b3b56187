import { log } from '../adapters/logger.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import type { Trigger } from '../core/entity.ts';
import { Pace } from '../core/pace.ts';
import { parkedAfter, THROTTLED_MS } from '../core/probe-schedule.ts';
import { type Head, readHead } from './backlog-head.ts';
import type { DrainDeps } from './deps.ts';
import { DrainRun } from './drain-run.ts';
import { pass } from './pass.ts';
import { probe } from './probe.ts';

/** The wait after a pass without deliveries. It doubles each time, because each pass reads the backlog again. */
const IDLE_MS = 1_000;
const LONGEST_IDLE_MS = 16_000;

/** A run waits for a probe of a receiver that throttles if it is due within this time. */
const SOON_MS = 60_000;

const wasThrottled = ({ throttledAt = 0 }: TriggerNow, now: number): boolean => now - throttledAt < THROTTLED_MS;

function throttledRateOf({ pace }: DrainRun) {
  const throttledRate = pace?.throttledRate;
  return throttledRate === undefined ? undefined : { throttledRate };
}

/** Drains the backlog of one trigger. A lease ensures that only one run does so at a time. */
export class TriggerDrain {
  readonly #run: DrainRun;
  /** The number of consecutive passes without a delivery. */
  #idle = 0;

  constructor(trigger: Trigger, deps: DrainDeps, remainingMs: () => number) {
    this.#run = new DrainRun(trigger, deps, remainingMs);
  }

  /** Makes steps while the trigger's state needs one. */
  async run(): Promise<void> {
    const { trigger } = this.#run;
    try {
      while (this.#run.hasTime()) {
        const now = await this.#run.read();
        if (!now || !(await this.#step(now))) break;
      }
    } finally {
      await this.#run.write();
    }
    const { delivered } = this.#run;
    if (delivered > 0) log('info', 'drained', { trigger, delivered });
  }

  /** @returns Whether another step may be needed now. */
  async #step(now: TriggerNow): Promise<boolean> {
    if (now.state === 'active') return false;
    const run = this.#run;
    run.lastSuccess = Math.max(run.lastSuccess, now.lastSuccess);
    const head = await readHead(run, now);
    if (run.cannotRecord) return false;
    const isEmpty = head.parked.length === 0 && !head.next;
    const steps = {
      paused: async () => false,
      parked: () => this.#probe(now, head, isEmpty),
      draining: () => (isEmpty ? this.#empty(now) : this.#drain(now, head)),
      finishing: () => this.#finish(isEmpty),
    };
    return steps[now.state]();
  }

  /** Probes a parked trigger. A probe of a receiver that throttles is often due soon: the run waits for it. */
  async #probe(now: TriggerNow, head: Head, isEmpty: boolean): Promise<boolean> {
    const run = this.#run;
    const { throttledAt = 0, probeAt } = now;
    if (await probe(run, now, head, isEmpty)) return true;
    const at = run.deps.now();
    const isSoon = at - throttledAt < SOON_MS && probeAt - at < SOON_MS;
    if (isSoon) await run.deps.sleep(IDLE_MS);
    return isSoon;
  }

  /** The backlog is empty. If deliver just exceeded the trigger's limit, its messages will be there within a second. */
  async #empty({ nextSlot = 0 }: TriggerNow): Promise<boolean> {
    const { trigger, deps } = this.#run;
    if (nextSlot <= deps.now()) return deps.triggers.move(trigger, 'finish');
    await deps.sleep(IDLE_MS);
    return true;
  }

  async #drain(now: TriggerNow, head: Head): Promise<boolean> {
    const run = this.#run;
    const { triggers, sleep } = run.deps;
    const before = run.delivered;
    run.pace ??= new Pace(wasThrottled(now, run.deps.now()), now.maxPerSecond, now.nextSlot);
    await pass(run, head);
    const hasDelivered = run.delivered > before;
    if (hasDelivered) await triggers.clearFailures(run.trigger, run.lastSuccess, throttledRateOf(run));
    if (run.failsAgain) return this.#parkAgain();
    // The remaining notifications must wait for the next run, which begins within a minute.
    if (!hasDelivered && run.stuck.size > 0) return false;
    this.#idle = hasDelivered ? 0 : this.#idle + 1;
    if (this.#idle > 0) await sleep(Math.min(LONGEST_IDLE_MS, IDLE_MS * 2 ** (this.#idle - 1)));
    return true;
  }

  /** @returns Whether the receiver throttles, because its probe can be due in this run. */
  async #parkAgain(): Promise<boolean> {
    const { trigger, deps, latestOutcome } = this.#run;
    const fields = { ...parkedAfter(latestOutcome, deps.now()), ...throttledRateOf(this.#run) };
    if (await deps.triggers.move(trigger, 'parkAgain', fields)) log('warn', 'trigger parked', { trigger });
    return latestOutcome.kind === 'throttled';
  }

  /** The backlog was empty. In this state nothing new is parked, so a second read confirms that it is still empty. */
  async #finish(isEmpty: boolean): Promise<boolean> {
    const { trigger, deps, pace } = this.#run;
    if (!isEmpty) return deps.triggers.move(trigger, 'drainAgain');
    const fields = {
      consecutiveFailures: 0,
      ...(pace && Number.isFinite(pace.limit) && { nextSlot: Math.ceil(pace.nextAt) }),
    };
    if (await deps.triggers.move(trigger, 'activate', fields)) log('info', 'trigger active again', { trigger });
    return false;
  }
}
