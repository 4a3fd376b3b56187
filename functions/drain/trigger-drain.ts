import type { Parked, ParkedPage, Place } from '../adapters/backlog.ts';
import { errorFields, log } from '../adapters/logger.ts';
import { remember } from '../adapters/remember.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import { attempt } from '../attempt/attempt.ts';
import { AttemptLog } from '../attempt/attempt-log.ts';
import { moveToFailed } from '../attempt/move-to-failed.ts';
import { FAILURES_TO_PARK, FIRST_PROBE_MS, firstProbe, isTooOld, nextProbeDelay } from '../core/breaker.ts';
import type { Trigger } from '../core/entity.ts';
import { inRecordOrder, TIME_RUNS_BACK_MS } from '../core/record-order.ts';
import { verdictOf } from '../core/verdict.ts';
import type { DrainDeps } from './deps.ts';
import { forEach } from './for-each.ts';

/** Kept back from the function's time, for recording the result of the last attempts. */
const RESERVE_MS = 5_000;

/**
 * A query is not a snapshot: it can return an item and miss an earlier one of its record that was put while it ran. Deliver
 * dates an item only when the one before it is in the backlog, so what is dated before the query began has nothing missing
 * before it. This is how far the clocks of two functions may disagree.
 */
const SETTLED_MS = 2_000;

const PAGE = 500;

/** A run ends when it cannot keep so many results in a row: each of these calls is repeated. */
const UNRECORDED = 10;

/** How many records a probe tries. */
const PROBES = 10;

/** How old the look at a trigger may be, during a pass over its backlog. */
const LATEST_MS = 1_000;

/** How long to wait for parked notifications that may not be taken yet: twice as long each time, for each look reads them all. */
const IDLE_MS = 1_000;
const LONGEST_IDLE_MS = 16_000;

/** The first page of a backlog, and the time before its query began. */
interface Head extends ParkedPage {
  readonly at: number;
}

/** The drain of one trigger's backlog, which nobody else runs at the same time. */
export class TriggerDrain {
  readonly #trigger: Trigger;
  readonly #deps: DrainDeps & { readonly noted: AttemptLog };
  readonly #remainingMs: () => number;
  /** The trigger as it stood at most a second ago. */
  readonly #latest: () => Promise<TriggerNow | undefined>;
  /** Records with a result that could not be stored: nothing of them is attempted again in this run. */
  readonly #stuck = new Set<string>();
  /** How many results in a row could not be kept. */
  #unrecorded = 0;
  #delivered = 0;
  /** Passes in a row that delivered nothing. */
  #idle = 0;
  #lastSuccess = 0;
  /** The response to the latest attempt that failed. */
  #latestResponse = '';
  /** Of a pass: consecutive failures, over all records. */
  #failures = 0;
  /** Of a pass: the trigger is to be parked, whatever its failures. */
  #isDown = false;
  /** Of a pass: nothing more is to be attempted. */
  #halted = false;

  constructor(trigger: Trigger, deps: DrainDeps, remainingMs: () => number) {
    this.#trigger = trigger;
    this.#deps = { ...deps, noted: new AttemptLog(deps) };
    this.#remainingMs = remainingMs;
    this.#latest = remember(() => this.#read(), LATEST_MS, deps.now);
  }

  /** Makes one step after another for as long as the trigger's state asks for one. */
  async run(): Promise<void> {
    try {
      while (this.#hasTime()) {
        const now = await this.#read();
        if (!now || !(await this.#step(now))) break;
      }
    } finally {
      await this.#deps.noted.write();
      this.#deps.metrics.write();
    }
    if (this.#delivered > 0) log('info', 'drained', { trigger: this.#trigger, delivered: this.#delivered });
  }

  async #read(): Promise<TriggerNow | undefined> {
    return (await this.#deps.triggers.read([this.#trigger])).get(this.#trigger);
  }

  #hasTime(): boolean {
    return this.#remainingMs() >= this.#deps.attemptMs + RESERVE_MS;
  }

  /** @returns Whether there may be more to do now. */
  async #step(now: TriggerNow): Promise<boolean> {
    if (now.state === 'active') return false;
    this.#lastSuccess = Math.max(this.#lastSuccess, now.lastSuccess);
    const head = await this.#head(now);
    if (this.#unrecorded >= UNRECORDED) return false;
    const isEmpty = head.parked.length === 0 && !head.next;
    const steps = {
      paused: async () => false,
      parked: () => this.#probe(now, head, isEmpty),
      draining: () => (isEmpty ? this.#deps.triggers.move(this.#trigger, 'finish') : this.#pass(now, head)),
      finishing: () => this.#close(isEmpty),
    };
    return steps[now.state]();
  }

  /**
   * The first page of the backlog, once what cannot stay there has moved to Failed: what is too old, what cannot be read, and
   * everything when the trigger has no URL. A parked trigger's is read each minute, and what a long one costs is this query.
   */
  async #head({ url }: TriggerNow): Promise<Head> {
    for (;;) {
      const at = this.#deps.now();
      const page = await this.#page();
      const leaving = page.parked.filter(
        ({ notification }) =>
          !this.#stuck.has(notification.record) && (url === undefined || isTooOld(notification, at)),
      );
      if (leaving.length === 0 || !this.#hasTime() || this.#unrecorded >= UNRECORDED) return { ...page, at };
      const isSet = url === undefined && (await this.#latest())?.url !== undefined;
      if (isSet) return { ...page, at };
      const reason = (response: string) =>
        url === undefined ? `no URL is set for ${this.#trigger}` : response || 'never attempted';
      await this.#forEach(leaving, this.#deps.concurrency, async (p) => {
        if (this.#unrecorded >= UNRECORDED) return;
        await this.#fail(p, p.attempts, reason(p.response)).catch((error) => {
          this.#stuck.add(p.notification.record);
          throw error;
        });
      });
    }
  }

  /** Reads a page of the backlog. What cannot be read moves to Failed, where it is seen. */
  async #page(after?: Place): Promise<ParkedPage> {
    const { backlog } = this.#deps;
    const page = await backlog.parked(this.#trigger, PAGE, after);
    for (const { failed, place, token } of page.unreadable) {
      await backlog.fail(failed);
      await backlog.dropUnreadable(this.#trigger, place, token);
      log('error', 'a stored notification cannot be read', { trigger: this.#trigger, id: failed.id });
    }
    return page;
  }

  /** Tries the first notification of some records. One success says that the receiver is back. */
  async #probe(now: TriggerNow, head: Head, isEmpty: boolean): Promise<boolean> {
    const { triggers } = this.#deps;
    const { at } = head;
    // What made it park may still wait for a retry in the queue: only when a probe is due is an empty backlog the end of an outage.
    if (isEmpty) return at >= now.probeAt && triggers.move(this.#trigger, 'drain');
    const heads = (await this.#firstOfRecords(head, at >= now.probeAt))
      .filter(({ parkedAt, notification }) => parkedAt <= at - SETTLED_MS && !this.#stuck.has(notification.record))
      .sort((a, b) => a.attempts - b.attempts);
    if (heads.length === 0 || !isProbeDue(now, heads, at)) return false;

    // To move what is too old to Failed may have taken minutes: what an admin set or paused meanwhile counts.
    const { state, url, urlVersion } = (await this.#read()) ?? {};
    if (state !== 'parked' || url === undefined || !this.#hasTime()) return false;
    const outcomes: string[] = [];
    await this.#forEach(heads.slice(0, PROBES), PROBES, async (head) => {
      outcomes.push(await this.#attempt(head, url));
    });
    // Nothing was attempted, for an internal reason: that says nothing of the receiver.
    if (outcomes.length === 0) return false;
    if (outcomes.includes('delivered'))
      return triggers.move(this.#trigger, 'drain', { lastSuccess: this.#lastSuccess });
    const delay = at < now.probeAt ? now.probeDelay : nextProbeDelay(now.probeDelay);
    const probeAt = this.#deps.now() + delay;
    // Rejected when another URL was set meanwhile: that one is tried at once.
    return !(await triggers.postponeProbe(this.#trigger, probeAt, delay, this.#latestResponse, urlVersion));
  }

  /**
   * The first notification of each record near the head of the backlog, as many as are known to be the first.
   *
   * @param readsOn Whether to read more than the first page if none of it is known to be the first: a backlog is looked at
   *   each minute, and that would be much of it.
   */
  async #firstOfRecords({ parked, next }: ParkedPage, readsOn: boolean): Promise<Parked[]> {
    const read = [...parked];
    let more = next;
    // After an import a page holds less than the time that can run back: then it takes more of them to know.
    while (readsOn && more && this.#hasTime() && !read.some(isKnownBefore(read, more))) {
      const page = await this.#page(more);
      read.push(...page.parked);
      more = page.next;
    }
    const isKnown = isKnownBefore(read, more);
    return [...lanesOf(read).values()].flatMap(([first]) => (first && isKnown(first) ? [first] : []));
  }

  /** Delivers the backlog from its head, each record's notifications in order, records side by side. */
  async #pass({ url }: TriggerNow, head: Head): Promise<boolean> {
    const { triggers, noted, metrics, sleep, concurrency } = this.#deps;
    const before = this.#delivered;
    /** Records with a notification that has to wait: nothing behind it may be attempted in this pass. */
    const waiting = new Set(this.#stuck);
    let page: ParkedPage = head;
    /** Read, but an earlier change of their record may stand on the next page. */
    let carried: Parked[] = [];
    this.#failures = 0;
    this.#isDown = false;
    this.#halted = url === undefined;
    for (;;) {
      const read = [...carried, ...page.parked];
      const isKnown = isKnownBefore(page.parked, page.next);
      carried = [];
      await this.#forEach([...lanesOf(read).values()], concurrency, async (lane) => {
        const end = lane.findIndex((one) => !isKnown(one));
        const known = end < 0 ? lane : lane.slice(0, end);
        carried.push(...lane.slice(known.length));
        await this.#lane(known, head.at, waiting);
      });
      await noted.write();
      metrics.write();
      if (!page.next || this.#halted || !this.#hasTime()) break;
      page = await this.#page(page.next);
    }

    if (this.#delivered > before) await triggers.clearFailures(this.#trigger, this.#lastSuccess);
    if (this.#failures >= FAILURES_TO_PARK || this.#isDown) return this.#parkAgain();
    if (this.#unrecorded >= UNRECORDED) return false;
    // All that is left waits, or is stuck until the next run, which comes within a minute.
    if (this.#delivered === before && this.#stuck.size > 0) return false;
    this.#idle = this.#delivered > before ? 0 : this.#idle + 1;
    if (this.#idle > 0) await sleep(Math.min(LONGEST_IDLE_MS, IDLE_MS * 2 ** (this.#idle - 1)));
    return true;
  }

  async #lane(lane: readonly Parked[], startedAt: number, waiting: Set<string>): Promise<void> {
    for (const parked of lane) {
      const { record } = parked.notification;
      if (waiting.has(record)) return;
      // Until it is done with, also when the result of it cannot be recorded.
      waiting.add(record);
      // A pass may last for minutes: what an admin sets or pauses meanwhile counts.
      const now = await this.#latest();
      this.#halted ||= now?.state !== 'draining' || now.url === undefined;
      const ready = parked.parkedAt <= startedAt - SETTLED_MS && parked.nextTry <= this.#deps.now();
      if (this.#halted || !ready || !this.#hasTime()) return;
      this.#stuck.add(record);
      if ((await this.#attempt(parked, now?.url ?? '')) !== 'waits') waiting.delete(record);
      this.#stuck.delete(record);
    }
  }

  /** Attempts a parked notification and records the result of it. */
  async #attempt(parked: Parked, url: string): Promise<'delivered' | 'failed' | 'waits'> {
    const { backlog, triggers, metrics, retryDelays, random } = this.#deps;
    const { notification } = parked;
    const attempts = parked.attempts + 1;
    const { outcome, startedAt, endedAt } = await attempt(notification, url, attempts, this.#deps);
    const firstAttempt = parked.firstAttempt || startedAt;
    const tally = { attempts, firstAttempt, lastSuccess: this.#lastSuccess };
    const made = { outcome, slow: false, endedAt, from: 'backlog' } as const;
    const verdict = verdictOf(notification, made, tally, { retryDelays, random: random() });
    if (verdict.notification === 'done') {
      this.#delivered++;
      this.#failures = 0;
      this.#lastSuccess = endedAt;
      await backlog.unpark(parked);
      this.#unrecorded = 0;
      metrics.add('drained', this.#trigger);
      log('info', 'delivered in the end', { id: notification.id, trigger: this.#trigger, attempt: attempts });
      return 'delivered';
    }
    this.#latestResponse = outcome.response;
    if (verdict.isFailure) this.#failures++;
    this.#isDown ||= verdict.trigger === 'park';
    this.#halted ||= this.#isDown || verdict.trigger === 'pause' || this.#failures >= FAILURES_TO_PARK;
    if (verdict.notification === 'fail') await this.#fail(parked, attempts, outcome.response);
    else {
      const nextTry = endedAt + verdict.seconds * 1000;
      await backlog.keepParked({ ...parked, attempts, firstAttempt, response: outcome.response, nextTry }, endedAt);
      this.#unrecorded = 0;
      metrics.add('held', this.#trigger);
    }
    if (verdict.trigger === 'pause') await triggers.move(this.#trigger, 'pause', { pausedBy: 'gone' });
    return verdict.notification === 'fail' ? 'failed' : 'waits';
  }

  /** The same as `forEach`, but a failure with one item stops no other; many in a row halt the pass. */
  #forEach<Item>(items: readonly Item[], limit: number, work: (item: Item) => Promise<void>): Promise<void> {
    return forEach(items, limit, (item) =>
      work(item).catch((error) => {
        this.#unrecorded++;
        this.#halted ||= this.#unrecorded >= UNRECORDED;
        log('error', 'cannot keep the result of an attempt', { trigger: this.#trigger, ...errorFields(error) });
      }),
    );
  }

  async #parkAgain(): Promise<boolean> {
    const fields = { ...firstProbe(this.#deps.now()), parkedBecause: this.#latestResponse };
    if (await this.#deps.triggers.move(this.#trigger, 'parkAgain', fields))
      log('warn', 'trigger parked', { trigger: this.#trigger });
    return false;
  }

  /** The backlog was seen empty before; this look, in a state in which nobody parks, tells whether it is. */
  async #close(isEmpty: boolean): Promise<boolean> {
    if (!isEmpty) return this.#deps.triggers.move(this.#trigger, 'drainAgain');
    if (await this.#deps.triggers.move(this.#trigger, 'activate', { consecutiveFailures: 0 }))
      log('info', 'trigger active again', { trigger: this.#trigger });
    return false;
  }

  async #fail(parked: Parked, attempts: number, reason: string): Promise<void> {
    await moveToFailed(parked.notification, attempts, reason, this.#deps);
    await this.#deps.backlog.unpark(parked);
    this.#unrecorded = 0;
  }
}

/** The notifications of each record, in the order of their sequence. */
function lanesOf(parked: readonly Parked[]): ReadonlyMap<string, Parked[]> {
  return Map.groupBy(
    inRecordOrder(parked, ({ notification }) => notification),
    ({ notification }) => notification.record,
  );
}

/**
 * Whether everything of a record that comes before one of its notifications has been read. Pages stand by time, which can run
 * back within a record: what stands near the end of a page can have an earlier one of its record on the next.
 */
function isKnownBefore(page: readonly Parked[], next: Place | undefined): (one: Parked) => boolean {
  if (!next) return () => true;
  const last = page.at(-1)?.notification.changedAt ?? 0;
  return ({ notification }) => notification.changedAt <= last - TIME_RUNS_BACK_MS;
}

/**
 * A probe is due at its time, and before it for a record that was not tried yet: 30 seconds after the probe before, if it
 * came since.
 */
function isProbeDue({ probeAt, probeDelay }: TriggerNow, heads: readonly Parked[], at: number): boolean {
  if (at >= probeAt) return true;
  const lastProbe = probeAt - probeDelay;
  const isUnattempted = heads.some(({ parkedAt, attempts }) => attempts === 0 && parkedAt >= lastProbe);
  return isUnattempted && at >= lastProbe + FIRST_PROBE_MS;
}
