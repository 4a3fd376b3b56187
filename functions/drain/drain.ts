// table row → change → [notification → attempt → outcome], for what had to wait in a backlog
import { FIRST_PROBE_MS, firstProbe, isTooOld, nextProbeDelay, STRIKES } from '../core/breaker.ts';
import { type Trigger, triggers } from '../core/entity.ts';
import { holdSeconds, retryAfterSeconds } from '../core/schedule.ts';
import { attempt } from '../deliver/attempt.ts';
import { giveUp } from '../deliver/give-up.ts';
import { type LoggingParts, NotedAttempts } from '../deliver/noted-attempts.ts';
import type { Backlog, Parked, Place } from '../edge/backlog.ts';
import type { Call } from '../edge/http.ts';
import { errorFields, log, throwingQuietly } from '../edge/log.ts';
import type { MeasuringParts } from '../edge/metrics.ts';
import { remember } from '../edge/remember.ts';
import type { Secrets } from '../edge/secrets.ts';
import type { TriggerNow, Triggers } from '../edge/triggers.ts';
import { forEach } from './for-each.ts';
import { measureBacklog } from './measure-backlog.ts';

/** What drain touches of the world. Times are epoch milliseconds. */
export interface DrainParts extends LoggingParts, MeasuringParts {
  readonly triggers: Pick<Triggers, 'read' | 'move' | 'clearStrikes' | 'postponeProbe' | 'lease' | 'giveBack'>;
  readonly backlog: Pick<Backlog, 'parked' | 'count' | 'keepParked' | 'unpark' | 'fail'>;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  readonly holds: readonly number[];
  readonly attemptMs: number;
  /** How many records of one trigger are worked off side by side. */
  readonly concurrency: number;
  now(): number;
  random(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

/** Kept back from the function's time, for writing down what came of the last attempts. */
const RESERVE_MS = 5_000;

/** The right to drain outlives the function by this much. */
const LEASE_RESERVE_MS = 30_000;

/**
 * A query is no snapshot: it may show an item and miss an earlier one of its record that was put while it ran. Deliver dates
 * an item only when the one before it is in the backlog, so what is dated before the query began has nothing missing before
 * it. This is how far the clocks of two functions may disagree.
 */
const SETTLED_MS = 2_000;

const PAGE = 500;

/** How many records a probe tries. */
const PROBES = 10;

/** How old the look at a trigger may be, during a pass over its backlog. */
const LATEST_MS = 1_000;

/** How long to wait for parked notifications that may not be taken yet. */
const IDLE_MS = 1_000;

/** Works off the backlogs of all triggers that have one, side by side. @param remainingMs How long it may run. */
export function drain(parts: DrainParts, remainingMs: () => number): Promise<void> {
  return throwingQuietly(drainAll(parts, remainingMs));
}

async function drainAll(parts: DrainParts, remainingMs: () => number): Promise<void> {
  const now = await parts.triggers.read(triggers);
  const waiting = [...now].filter(([, { state }]) => state !== 'active');
  await Promise.all([
    // Also while another run has the right to drain a trigger: that one may go on for minutes.
    ...waiting.map(([trigger, as]) => measureBacklog(trigger, as, parts)),
    ...waiting.map(([trigger]) => drainLeased(trigger, parts, remainingMs)),
  ]);
}

async function drainLeased(trigger: Trigger, parts: DrainParts, remainingMs: () => number): Promise<void> {
  const until = parts.now() + remainingMs() + LEASE_RESERVE_MS;
  if (!(await parts.triggers.lease(trigger, until, parts.now()))) return;
  try {
    await new Drain(trigger, parts, remainingMs).run();
  } catch (error) {
    log('error', 'drain failed', { trigger, ...errorFields(error) });
  }
  await parts.triggers.giveBack(trigger, until);
}

/** One trigger's drain, which nobody else runs at the same time. */
class Drain {
  readonly #trigger: Trigger;
  readonly #parts: DrainParts & { readonly noted: NotedAttempts };
  readonly #remainingMs: () => number;
  /** The trigger as it stood at most a second ago. */
  readonly #latest: () => Promise<TriggerNow | undefined>;
  #delivered = 0;
  #lastSuccess = 0;
  /** What was answered to the latest attempt that failed. */
  #latestAnswer = '';
  /** Of a pass: failures in a row, over all records. */
  #strikes = 0;
  /** Of a pass: a notification has had all its attempts, and nothing was delivered since its first; or is blocked. */
  #hopeless = false;
  /** Of a pass: nothing more is to be attempted. */
  #halted = false;

  constructor(trigger: Trigger, parts: DrainParts, remainingMs: () => number) {
    this.#trigger = trigger;
    this.#parts = { ...parts, noted: new NotedAttempts(parts) };
    this.#remainingMs = remainingMs;
    this.#latest = remember(() => this.#read(), LATEST_MS, parts.now);
  }

  /** Makes one step after another for as long as the trigger's state asks for one. */
  async run(): Promise<void> {
    try {
      while (this.#hasTime()) {
        const now = await this.#read();
        if (!now || !(await this.#step(now))) break;
      }
    } finally {
      await this.#parts.noted.write();
      this.#parts.metrics.write();
    }
    if (this.#delivered > 0) log('info', 'drained', { trigger: this.#trigger, delivered: this.#delivered });
  }

  async #read(): Promise<TriggerNow | undefined> {
    return (await this.#parts.triggers.read([this.#trigger])).get(this.#trigger);
  }

  #hasTime(): boolean {
    return this.#remainingMs() >= this.#parts.attemptMs + RESERVE_MS;
  }

  /** @returns Whether there may be more to do now. */
  #step(now: TriggerNow): Promise<boolean> {
    this.#lastSuccess = Math.max(this.#lastSuccess, now.lastSuccess);
    const steps = {
      active: async () => false,
      paused: () => this.#giveUpOld(),
      parked: () => this.#probe(now),
      draining: () => this.#pass(now),
      closing: () => this.#close(),
    };
    return steps[now.state]();
  }

  /** Tries the first notification of some records. One success says that the destination is back. */
  async #probe(now: TriggerNow): Promise<boolean> {
    const { triggers } = this.#parts;
    const { parked, next, at } = await this.#head();
    // What made it park may still be held in the queue: only when a probe is due is an empty backlog the end of an outage.
    if (parked.length === 0 && !next) return at >= now.probeAt && triggers.move(this.#trigger, 'probed');
    const heads = firstOfEachRecord(parked.filter(({ parkedAt }) => parkedAt <= at - SETTLED_MS));
    const lastProbe = now.probeAt - now.probeDelay;
    const untried = heads.some(({ parkedAt, attempts }) => attempts === 0 && parkedAt >= lastProbe);
    if (at < now.probeAt && !(untried && at >= lastProbe + FIRST_PROBE_MS)) return false;
    if (now.url === undefined || heads.length === 0) return false;

    heads.sort((a, b) => a.attempts - b.attempts);
    const outcomes: string[] = [];
    const url = now.url;
    // All have ended when it goes on, also when what came of one cannot be written down.
    await forEach(heads.slice(0, PROBES), PROBES, async (head) => outcomes.push(await this.#attempt(head, url)));
    if (outcomes.includes('delivered'))
      return triggers.move(this.#trigger, 'probed', { lastSuccess: this.#lastSuccess });
    const delay = at < now.probeAt ? now.probeDelay : nextProbeDelay(now.probeDelay);
    await triggers.postponeProbe(this.#trigger, this.#parts.now() + delay, delay, this.#latestAnswer);
    return false;
  }

  /** Delivers the backlog from its head, each record's notifications in order, records side by side. */
  async #pass({ url }: TriggerNow): Promise<boolean> {
    const { backlog, triggers, noted, metrics, now, sleep, concurrency } = this.#parts;
    const startedAt = now();
    const before = this.#delivered;
    /** Records of which something has to wait: nothing behind it may go in this pass. */
    const waiting = new Set<string>();
    let any = false;
    let page: { parked: Parked[]; next?: Place } | undefined;
    this.#strikes = 0;
    this.#hopeless = false;
    this.#halted = url === undefined;
    do {
      page = await backlog.parked(this.#trigger, PAGE, page?.next);
      any ||= page.parked.length > 0 || page.next !== undefined;
      const lanes = Map.groupBy(page.parked, ({ notification }) => notification.record);
      await forEach([...lanes.values()], concurrency, (lane) => this.#lane(lane, startedAt, waiting));
      await noted.write();
      metrics.write();
    } while (page.next && !this.#halted && this.#hasTime());

    if (this.#delivered > before) await triggers.clearStrikes(this.#trigger, this.#lastSuccess);
    if (this.#strikes >= STRIKES || this.#hopeless) return this.#relapse();
    if (!any) return triggers.move(this.#trigger, 'emptied');
    if (url === undefined) return this.#giveUpOld();
    if (this.#delivered === before) await sleep(IDLE_MS);
    return true;
  }

  async #lane(lane: readonly Parked[], startedAt: number, waiting: Set<string>): Promise<void> {
    for (const parked of lane) {
      const { record } = parked.notification;
      // A pass may last for minutes: what an admin types or pauses meanwhile counts.
      const now = await this.#latest();
      this.#halted ||= now?.state !== 'draining' || now.url === undefined;
      if (this.#halted || waiting.has(record)) return;
      const ready = parked.parkedAt <= startedAt - SETTLED_MS && parked.nextTry <= this.#parts.now();
      if (!ready || !this.#hasTime() || (await this.#attempt(parked, now?.url ?? '')) === 'waits') {
        waiting.add(record);
        return;
      }
    }
  }

  /** Attempts a parked notification and writes down what came of it. */
  async #attempt(parked: Parked, url: string): Promise<'delivered' | 'failed' | 'waits'> {
    const { backlog, triggers, metrics, holds, random } = this.#parts;
    const { notification } = parked;
    const attempts = parked.attempts + 1;
    const { outcome, startedAt, endedAt } = await attempt(notification, url, attempts, this.#parts);
    if (outcome.kind === 'delivered') {
      await backlog.unpark(notification);
      metrics.add('drained', this.#trigger);
      log('info', 'delivered in the end', { id: notification.id, trigger: this.#trigger, attempt: attempts });
      this.#delivered++;
      this.#strikes = 0;
      this.#lastSuccess = endedAt;
      return 'delivered';
    }
    this.#strikes++;
    this.#latestAnswer = outcome.answer;
    const blocked = outcome.kind === 'blocked';
    const firstAttempt = parked.firstAttempt || startedAt;
    const seconds = holdSeconds(attempts, holds, random(), retryAfterSeconds(outcome.retryAfter, endedAt));
    const gone = outcome.kind === 'gone';
    const healthy = this.#lastSuccess >= firstAttempt || notification.redelivered !== undefined;
    if (isTooOld(notification, endedAt) || (seconds === undefined && healthy && !gone && !blocked)) {
      await this.#fail(parked, attempts, outcome.answer);
      return 'failed';
    }
    const nextTry = endedAt + (seconds ?? holds.at(-1) ?? 0) * 1000;
    await backlog.keepParked({ ...parked, attempts, firstAttempt, answer: outcome.answer, nextTry }, endedAt);
    metrics.add('held', this.#trigger);
    if (gone) {
      await triggers.move(this.#trigger, 'pause', { pausedBy: 'gone' });
      this.#halted = true;
    }
    this.#hopeless ||= blocked || seconds === undefined;
    this.#halted ||= this.#hopeless || this.#strikes >= STRIKES;
    return 'waits';
  }

  async #relapse(): Promise<boolean> {
    const fields = { ...firstProbe(this.#parts.now()), parkedBecause: this.#latestAnswer };
    if (await this.#parts.triggers.move(this.#trigger, 'relapsed', fields))
      log('warn', 'trigger parked', { trigger: this.#trigger });
    return false;
  }

  /** The backlog was seen empty; one more look, in a state in which nobody parks, tells whether it is. */
  async #close(): Promise<boolean> {
    const { parked, next } = await this.#parts.backlog.parked(this.#trigger, 1);
    if (parked.length > 0 || next) return this.#parts.triggers.move(this.#trigger, 'refilled');
    if (await this.#parts.triggers.move(this.#trigger, 'closed', { strikes: 0 }))
      log('info', 'trigger active again', { trigger: this.#trigger });
    return false;
  }

  async #giveUpOld(): Promise<false> {
    await this.#head();
    return false;
  }

  /**
   * The first page of the backlog, once what has waited too long is given up. A parked trigger's is read each minute, and
   * what a long one costs is this query: nothing else reads it again.
   *
   * @returns With `at`, the time before the query began.
   */
  async #head(): Promise<{ parked: Parked[]; next?: Place; at: number }> {
    for (;;) {
      const at = this.#parts.now();
      const page = await this.#parts.backlog.parked(this.#trigger, PAGE);
      const old = page.parked.filter(({ notification }) => isTooOld(notification, at));
      if (old.length === 0 || !this.#hasTime()) return { ...page, at };
      await forEach(old, this.#parts.concurrency, (p) => this.#fail(p, p.attempts, p.answer || 'never attempted'));
    }
  }

  async #fail({ notification }: Parked, attempts: number, reason: string): Promise<void> {
    await giveUp(notification, attempts, reason, this.#parts);
    await this.#parts.backlog.unpark(notification);
  }
}

function firstOfEachRecord(parked: readonly Parked[]): Parked[] {
  const heads = new Map<string, Parked>();
  for (const one of parked) if (!heads.has(one.notification.record)) heads.set(one.notification.record, one);
  return [...heads.values()];
}
