import assert from 'node:assert/strict';
import type { State } from '../../functions/core/breaker.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { fits } from '../../functions/core/log-entry.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { Backlog, Failed, Parked, Place, TestResult, Tried, Waiting } from '../../functions/edge/backlog.ts';
import type { DeliveryLog, LogEntry, LogFilter } from '../../functions/edge/delivery-log.ts';
import type { Secrets, TriggerSecrets } from '../../functions/edge/secrets.ts';
import type { MoveFields, TriggerNow, Triggers, TriggersNow } from '../../functions/edge/triggers.ts';

type Public<T> = { [Name in keyof T]: T[Name] };

/** The moves that the diagram of a trigger has, listed here once more, apart from the code. */
const MOVES: Readonly<Record<string, readonly [from: readonly State[], to: State]>> = {
  trip: [['active'], 'parked'],
  probed: [['parked'], 'draining'],
  emptied: [['draining'], 'closing'],
  relapsed: [['draining'], 'parked'],
  refilled: [['closing'], 'draining'],
  closed: [['closing'], 'active'],
  pause: [['active', 'parked', 'draining', 'closing'], 'paused'],
  resume: [['paused'], 'draining'],
};

const untouched: TriggerNow = { state: 'active', strikes: 0, lastSuccess: 0, probeAt: 0, probeDelay: 0 };

/** The triggers table in memory, with its conditional writes. */
export class TriggersInMemory implements Public<Triggers> {
  readonly items = new Map<Trigger, TriggerNow>();
  readonly #leases = new Map<Trigger, number>();
  /** Writes so far, and those of them that moved a state. */
  writes = 0;
  moves = 0;

  async read(triggers: readonly Trigger[]): Promise<TriggersNow> {
    return new Map(triggers.flatMap((t) => (this.items.has(t) ? [[t, this.#get(t)] as const] : [])));
  }

  async writeUrl(trigger: Trigger, url: string | undefined, at = 0, seen?: number): Promise<boolean> {
    const { url: _, urlVersion = 0, ...rest } = this.#get(trigger);
    if (seen !== undefined && seen !== urlVersion) return false;
    const written = { ...rest, probeAt: at, probeDelay: 30_000, urlVersion: urlVersion + 1 };
    this.#set(trigger, url === undefined ? written : { ...written, url });
    return true;
  }

  async strike(trigger: Trigger): Promise<number | undefined> {
    const now = this.#get(trigger);
    if (now.state !== 'active') return undefined;
    this.#set(trigger, { ...now, strikes: now.strikes + 1, failingSince: now.failingSince ?? Date.now() });
    return now.strikes + 1;
  }

  async clearStrikes(trigger: Trigger, at: number): Promise<void> {
    const { failingSince: _, ...now } = this.#get(trigger);
    if (now.state === 'active' || now.state === 'draining') this.#set(trigger, { ...now, strikes: 0, lastSuccess: at });
  }

  async move(trigger: Trigger, move: string, fields: MoveFields = {}): Promise<boolean> {
    const [from, to] = MOVES[move] ?? assert.fail(`there is no move ${move}`);
    const now = this.#get(trigger);
    if (!from.includes(now.state)) return false;
    this.moves++;
    this.#set(trigger, { ...now, ...fields, state: to });
    return true;
  }

  async postponeProbe(trigger: Trigger, probeAt: number, probeDelay: number, parkedBecause: string): Promise<void> {
    const now = this.#get(trigger);
    if (now.state === 'parked') this.#set(trigger, { ...now, probeAt, probeDelay, parkedBecause });
  }

  async lease(trigger: Trigger, until: number, now: number): Promise<boolean> {
    if ((this.#leases.get(trigger) ?? 0) > now) return false;
    this.#leases.set(trigger, until);
    return true;
  }

  async giveBack(trigger: Trigger, until: number): Promise<void> {
    if (this.#leases.get(trigger) === until) this.#leases.delete(trigger);
  }

  #get(trigger: Trigger): TriggerNow {
    return this.items.get(trigger) ?? untouched;
  }

  #set(trigger: Trigger, item: TriggerNow): void {
    this.writes++;
    this.items.set(trigger, item);
  }
}

const unwritten: TriggerSecrets = { replaced: [], headers: {}, version: 0 };

/** The secrets table in memory. */
export class SecretsInMemory implements Public<Secrets> {
  readonly items = new Map<Trigger, TriggerSecrets>();

  async of(trigger: Trigger): Promise<TriggerSecrets> {
    return this.items.get(trigger) ?? unwritten;
  }

  async read(of: readonly Trigger[]): Promise<ReadonlyMap<Trigger, TriggerSecrets>> {
    return new Map([...this.items].filter(([trigger]) => of.includes(trigger)));
  }

  async change(trigger: Trigger, change: (now: TriggerSecrets) => Omit<TriggerSecrets, 'version'>): Promise<boolean> {
    const now = this.items.get(trigger) ?? unwritten;
    this.items.set(trigger, { ...change(now), version: now.version + 1 });
    return true;
  }
}

interface Listed<Item> {
  readonly place: string;
  readonly item: Item;
}

/** The backlog table in memory. Its queries are no snapshots: what is put while one runs, it may show or miss. */
export class BacklogInMemory implements Public<Backlog> {
  readonly heldItems = new Map<string, Waiting>();
  readonly parkedItems = new Map<string, Listed<Parked>>();
  readonly failedItems = new Map<string, Failed>();
  readonly tests = new Map<string, TestResult>();
  readonly #running: () => Promise<() => boolean>;
  writes = 0;

  /**
   * @param running Waits for as long as a query runs; what it gives tells by chance whether the query shows an item that
   *   was put meanwhile. What was put before it began, a consistent query always shows.
   */
  constructor(running: () => Promise<() => boolean> = async () => () => true) {
    this.#running = running;
  }

  async seen(notifications: readonly Notification[]) {
    const seen = new Map<string, Tried & { parked: boolean }>();
    for (const { id } of notifications) {
      const parked = this.parkedItems.get(id)?.item;
      const waiting = parked ?? this.heldItems.get(id);
      if (!waiting) continue;
      const { attempts, firstAttempt, answer, nextTry } = waiting;
      seen.set(id, { attempts, firstAttempt, answer, nextTry, parked: parked !== undefined });
    }
    return seen;
  }

  async hold(waiting: Waiting): Promise<void> {
    this.writes++;
    this.heldItems.set(waiting.notification.id, waiting);
  }

  async release({ id }: Notification): Promise<void> {
    this.writes++;
    this.heldItems.delete(id);
  }

  async park(waiting: readonly Waiting[], at: number): Promise<void> {
    for (const one of waiting) {
      this.#putParked({ ...one, parkedAt: at });
      this.heldItems.delete(one.notification.id);
    }
  }

  async unpark({ id }: Notification): Promise<void> {
    this.writes++;
    this.parkedItems.delete(id);
  }

  async keepParked(parked: Parked): Promise<void> {
    this.#putParked(parked);
  }

  async parked(trigger: Trigger, limit: number, after?: Place): Promise<{ parked: Parked[]; next?: Place }> {
    const from = after?.place?.S ?? '';
    const before = new Set(this.parkedItems.keys());
    const shown: Listed<Parked>[] = [];
    const showsNew = await this.#running();
    for (const [id, listed] of this.parkedItems) {
      const { place, item } = listed;
      if (item.notification.trigger === trigger && place > from && (before.has(id) || showsNew())) shown.push(listed);
    }
    const sorted = shown.sort((a, b) => (a.place < b.place ? -1 : 1));
    const page = sorted.slice(0, limit);
    const last = page.at(-1);
    return {
      parked: page.map(({ item }) => item),
      ...(sorted.length > limit && last && { next: { place: { S: last.place } } }),
    };
  }

  async count(trigger: Trigger, list: 'held' | 'parked' | 'failed'): Promise<number> {
    const all = {
      held: [...this.heldItems.values()].map(({ notification }) => notification),
      parked: [...this.parkedItems.values()].map(({ item }) => item.notification),
      failed: [...this.failedItems.values()],
    };
    return all[list].filter((n) => n.trigger === trigger).length;
  }

  async fail(failed: Failed): Promise<void> {
    this.writes++;
    this.failedItems.set(failed.id, failed);
  }

  async forget({ id }: Failed): Promise<void> {
    this.writes++;
    this.failedItems.delete(id);
  }

  async failed(trigger: Trigger): Promise<{ failed: Failed[] }> {
    return { failed: [...this.failedItems.values()].filter((f) => f.trigger === trigger) };
  }

  async putTestResult({ id }: Notification, result: TestResult): Promise<void> {
    this.tests.set(id, result);
  }

  async testResult({ id }: Notification): Promise<TestResult | undefined> {
    return this.tests.get(id);
  }

  #putParked(parked: Parked): void {
    this.writes++;
    const { id, changedAt, sequence } = parked.notification;
    const place = `${String(changedAt).padStart(15, '0')}#${sequence.padStart(40, '0')}#${id}`;
    this.parkedItems.set(id, { place, item: parked });
  }
}

/** The delivery log in memory. */
export class LogInMemory implements Public<DeliveryLog> {
  readonly entries: LogEntry[] = [];
  writes = 0;

  async write(entries: readonly LogEntry[]): Promise<void> {
    this.writes++;
    this.entries.push(...entries);
  }

  async read(filter: LogFilter, limit: number, next = '0'): Promise<{ entries: LogEntry[]; next?: string }> {
    const found = this.entries.filter(fits(filter)).sort((a, b) => b.at - a.at);
    const end = Number(next) + limit;
    return { entries: found.slice(Number(next), end), ...(found.length > end && { next: String(end) }) };
  }

  follow(filter: LogFilter): () => Promise<LogEntry[]> {
    let seen: number | undefined;
    return async () => {
      const fresh = this.entries.slice(seen ?? this.entries.length).filter(fits(filter));
      seen = this.entries.length;
      return fresh.sort((a, b) => a.at - b.at);
    };
  }
}
