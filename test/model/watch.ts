import type { Trigger } from '../../functions/core/entity.ts';
import type { DynamoDBInMemory } from './dynamodb.ts';
import type { TableRequest } from './table-request.ts';

/** Drain reads each backlog every minute, so it reads each one at least once within this time. */
const LOOKED_AT_MS = 150_000;

/** A failed drain can keep its lease for this time. */
const LEASE_MS = 400_000;

/** The maximum age of the URL that drain calls. Deliver can call the URL that it read at its start. */
const URL_MS = 30_000;

/** Watches all requests that take effect, and records broken promises. */
export class Watch {
  /** One line for each promise that was broken so far. */
  readonly broken: string[] = [];
  /** Ids of notifications that were ever in Failed. */
  readonly everFailed = new Set<string>();
  /** The number of functions that died. */
  deaths = 0;
  /** The number of moves of a trigger's state. */
  moves = 0;
  readonly #dynamodb: DynamoDBInMemory;
  readonly #now: () => number;
  readonly #states = new Map<Trigger, string>();
  readonly #urls = new Map<Trigger, { readonly from: number; readonly url: string | undefined }[]>();
  /** The time of the last read of each backlog by drain, or of the start of a state that requires one. */
  readonly #looked = new Map<Trigger, number>();
  readonly #excused = new Map<Trigger, number>();
  #allExcused = 0;

  constructor(dynamodb: DynamoDBInMemory, now: () => number) {
    this.#dynamodb = dynamodb;
    this.#now = now;
  }

  state(trigger: Trigger): string {
    return this.#states.get(trigger) ?? 'active';
  }

  url(trigger: Trigger): string | undefined {
    return this.#urls.get(trigger)?.at(-1)?.url;
  }

  /** The URLs that a trigger had during a time. */
  urls(trigger: Trigger, from: number, to = this.#now()): readonly (string | undefined)[] {
    const all = this.#urls.get(trigger) ?? [];
    const beforeAny = (all[0]?.from ?? Number.POSITIVE_INFINITY) >= from ? [undefined] : [];
    const during = all.filter((one, i) => one.from <= to && (all[i + 1]?.from ?? Number.POSITIVE_INFINITY) >= from);
    return [...beforeAny, ...during.map(({ url }) => url)];
  }

  see({ by, table, name, trigger, input }: TableRequest): void {
    if (table === 'triggers' && (name === 'UpdateItem' || name === 'PutItem')) this.#seeTriggers();
    if (table !== 'backlog') return;
    const puts = name === 'PutItem' ? [input.Item] : (input.RequestItems?.backlog ?? []);
    if (name === 'PutItem' || name === 'BatchWriteItem')
      for (const one of puts) this.#seePut(one.PutRequest?.Item ?? (one.DeleteRequest ? undefined : one));
    const reads = name === 'Query' && input.Select !== 'COUNT' && (input.Limit !== 1 || this.#isClosing(trigger));
    if (by === 'drain' && trigger && reads) this.#looked.set(trigger, this.#now());
  }

  #isClosing(trigger: Trigger | undefined): boolean {
    return trigger !== undefined && !['active', 'parked', 'draining', 'paused'].includes(this.state(trigger));
  }

  // biome-ignore lint/suspicious/noExplicitAny: an item of any list
  #seePut(item: any): void {
    const list: string | undefined = item?.list?.S?.split('#')[1];
    if (list === 'failed') this.everFailed.add(item.id?.S ?? '');
    const isTest = /"test":true/.test(item?.message?.S ?? '');
    if (isTest && ['held', 'parked', 'failed'].includes(list ?? '')) this.broken.push(`a test call is ${list}`);
  }

  #seeTriggers(): void {
    const now = this.#now();
    for (const item of this.#dynamodb.items('triggers')) {
      const trigger = item.trigger?.S as Trigger;
      const state = item.state?.S ?? 'active';
      if (state !== this.state(trigger)) {
        this.moves++;
        if (this.state(trigger) === 'active') this.#looked.set(trigger, now);
      }
      this.#states.set(trigger, state);
      const urls = this.#urls.get(trigger) ?? [];
      this.#urls.set(trigger, urls);
      const url = item.url?.S;
      if (urls.length === 0 || urls.at(-1)?.url !== url) urls.push({ from: now, url });
    }
  }

  /** A request failed for another reason than its condition. */
  failed({ by, trigger }: TableRequest): void {
    if (by !== 'drain') return;
    const until = this.#now() + LEASE_MS;
    if (trigger) this.#excused.set(trigger, until);
    else this.#allExcused = until;
  }

  /** A function died. */
  died(name: string): void {
    this.deaths++;
    if (name === 'drain') this.#allExcused = this.#now() + LEASE_MS;
  }

  called(by: string, trigger: Trigger, url: string, invokedAt: number): void {
    if (by === 'drain') this.#looked.set(trigger, this.#now());
    const from = by === 'drain' ? Math.max(invokedAt, this.#now() - URL_MS) : invokedAt;
    const set = this.urls(trigger, from);
    if (!set.includes(url)) this.broken.push(`${trigger} calls ${url} and not ${set.at(-1)}, as ${by}`);
  }

  /** Checks each minute that drain reads each trigger, even if requests for other triggers fail. */
  checkDrains(): void {
    const now = this.#now();
    for (const [trigger, state] of this.#states) {
      if (state === 'active') continue;
      const from = Math.max(this.#looked.get(trigger) ?? now, this.#excused.get(trigger) ?? 0, this.#allExcused);
      if (now - from <= LOOKED_AT_MS) continue;
      this.broken.push(
        `${trigger} is ${state}, and nobody looked at its backlog for ${Math.round((now - from) / 1000)} s`,
      );
      this.#looked.set(trigger, now);
    }
  }
}
