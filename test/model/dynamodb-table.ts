import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Range } from './dynamodb-key-condition.ts';
import { compare, type Item } from './dynamodb-values.ts';

/** Names and types of the key's attributes: the partition key, and the sort key. */
export type Schema = readonly { readonly name: string; readonly type: string }[];

/** The writes that a read can see. Without a view it sees all. */
export interface View {
  /** Later writes than this one occurred during the read. */
  readonly sent?: number;
  readonly shown?: () => boolean;
  /** Whether a read misses a write of this time. */
  readonly stale?: (at: number) => boolean;
}

/** An item, and the item before its latest write. Items are replaced, never modified. */
export interface Entry {
  readonly key: Item;
  item?: Item | undefined;
  before?: Item | undefined;
  /** The number and the time of the latest write. */
  written: number;
  at: number;
}

/** Deleted items per partition, for reads that can still show them. */
const GRAVES = 64;

interface Partition {
  readonly value: AttributeValue;
  readonly hash: string;
  readonly byKey: Map<string, Entry>;
  /** The entries with an item, by sort key. */
  readonly sorted: Entry[];
  readonly graves: Map<string, Entry>;
  latest?: Entry;
}

let clock = 0;

/** The items of a table by partition and sort key. */
export class Table {
  readonly schema: Schema;
  readonly #name: string;
  readonly #now: () => number;
  readonly #partitions = new Map<string, Partition>();
  writes = 0;
  /** The number of the latest write. */
  latest = 0;

  constructor(name: string, schema: Schema, now: () => number) {
    this.#name = name;
    this.schema = schema;
    this.#now = now;
  }

  describe() {
    return {
      TableName: this.#name,
      TableStatus: 'ACTIVE',
      ItemCount: [...this.#partitions.values()].reduce((sum, { byKey }) => sum + byKey.size, 0),
      KeySchema: this.schema.map(({ name }, i) => ({ AttributeName: name, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: this.schema.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    };
  }

  keyOf(item: Item): Item {
    return Object.fromEntries(this.schema.map(({ name }) => [name, item[name] as AttributeValue]));
  }

  find(key: Item, view?: View): Item | undefined {
    const partition = this.#partitions.get(this.#text(key, 0));
    const sort = this.#text(key, 1);
    const entry = partition?.byKey.get(sort) ?? partition?.graves.get(sort);
    return entry && seen(entry, view);
  }

  write(key: Item, item: Item): void {
    const text = this.#text(key, 0);
    const partition = this.#partitions.get(text) ?? this.#newPartition(text, key);
    const sort = this.#text(key, 1);
    const known = partition.byKey.get(sort);
    if (known) {
      known.before = known.item;
      known.item = item;
      this.#stamp(partition, known);
      return;
    }
    partition.graves.delete(sort);
    const entry: Entry = { key, item, written: 0, at: 0 };
    partition.byKey.set(sort, entry);
    partition.sorted.splice(this.#position(partition.sorted, key), 0, entry);
    this.#stamp(partition, entry);
  }

  delete(key: Item): void {
    const entry = this.#partitions.get(this.#text(key, 0))?.byKey.get(this.#text(key, 1));
    if (entry) this.remove(entry);
    else this.writes++;
  }

  remove(entry: Entry): void {
    const partition = this.#partitions.get(this.#text(entry.key, 0));
    if (!partition || !entry.item) return;
    const sort = this.#text(entry.key, 1);
    partition.byKey.delete(sort);
    partition.sorted.splice(this.#position(partition.sorted, entry.key), 1);
    partition.graves.set(sort, entry);
    const [oldest] = partition.graves.keys();
    if (partition.graves.size > GRAVES && oldest !== undefined) partition.graves.delete(oldest);
    entry.before = entry.item;
    entry.item = undefined;
    this.#stamp(partition, entry);
  }

  /** All entries, by key. */
  sorted(): Entry[] {
    return [...this.#partitions.values()]
      .sort((a, b) => compare(a.value, b.value) ?? 0)
      .flatMap(({ sorted }) => sorted);
  }

  /** Yields the entries of a query in order. */
  *range({ partition, includes, hasSortCondition }: Range, after: Item | undefined, forward: boolean, view?: View) {
    const name = this.schema[0]?.name ?? '';
    const found = this.#partitions.get(this.#text({ [name]: partition }, 0));
    if (!found) return;
    for (const [key, item] of this.#within(found, after, forward, view))
      if (!hasSortCondition || includes(key)) yield [key, item] as [Item, Item];
  }

  /** Yields the entries of a scan: partition by partition, in an order that a caller cannot know. */
  *scan(after: Item | undefined, view?: View) {
    const from = after && hashed(this.#text(after, 0));
    const partitions = [...this.#partitions.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
    for (const partition of partitions) {
      if (from !== undefined && partition.hash < from) continue;
      yield* this.#within(partition, partition.hash === from ? after : undefined, true, view);
    }
  }

  *#within(partition: Partition, after: Item | undefined, forward: boolean, view?: View): Generator<[Item, Item]> {
    const { latest } = partition;
    const stale = latest && view?.stale?.(latest.at) ? latest : undefined;
    const sorted = view ? this.#withDeleted(partition, view, stale) : partition.sorted;
    const running = view?.shown && { ...view, stale: undefined };
    let at = forward ? 0 : sorted.length - 1;
    if (after) {
      const place = this.#position(sorted, after);
      const isThere = sorted[place] && this.#order(sorted[place].key, after) === 0;
      at = forward ? place + (isThere ? 1 : 0) : place - 1;
    }
    for (; at >= 0 && at < sorted.length; at += forward ? 1 : -1) {
      const entry = sorted[at] as Entry;
      const item = entry === stale ? entry.before : seen(entry, running);
      if (item) yield [entry.key, item];
    }
  }

  /** The entries of a partition, including deleted ones that a read can still show. */
  #withDeleted({ sorted, graves }: Partition, { shown, sent = 0 }: View, stale: Entry | undefined): readonly Entry[] {
    const open = [...graves.values()].filter((grave) => grave === stale || (shown && grave.written > sent));
    if (open.length === 0) return sorted;
    return [...sorted, ...open].sort((a, b) => this.#order(a.key, b.key));
  }

  #newPartition(text: string, key: Item): Partition {
    const value = key[this.schema[0]?.name ?? ''] as AttributeValue;
    const fresh: Partition = { value, hash: hashed(text), byKey: new Map(), sorted: [], graves: new Map() };
    this.#partitions.set(text, fresh);
    return fresh;
  }

  #stamp(partition: Partition, entry: Entry): void {
    this.writes++;
    entry.written = ++clock;
    entry.at = this.#now();
    partition.latest = entry;
    this.latest = entry.written;
  }

  #order(a: Item, b: Item): number {
    const name = this.schema[1]?.name;
    return name === undefined ? 0 : (compare(a[name] as AttributeValue, b[name] as AttributeValue) ?? 0);
  }

  /** The index at which a key is or would be. */
  #position(sorted: readonly Entry[], key: Item): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order((sorted[middle] as Entry).key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #text(key: Item, part: 0 | 1): string {
    const value = key[this.schema[part]?.name ?? ''];
    return value?.S ?? value?.N ?? (value?.B ? Buffer.from(value.B).toString('latin1') : '');
  }
}

function seen(entry: Entry, view: View | undefined): Item | undefined {
  if (view?.shown && entry.written > (view.sent ?? 0) && !view.shown()) return entry.before;
  return view?.stale?.(entry.at) ? entry.before : entry.item;
}

const hashed = (text: string): string => createHash('sha256').update(text).digest('hex');
