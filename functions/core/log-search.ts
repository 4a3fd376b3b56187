import { fits, type LogEntry, type LogFilter } from './log-entry.ts';

/**
 * One item of the log, with the entries of one write. Keys sort by the time of the write and have one length. No attempt
 * in an item is later than its write.
 */
export interface LogItem {
  readonly key: string;
  readonly entries: readonly LogEntry[];
}

/** The place at which a search continues. */
export interface LogPlace {
  /** The next page continues with entries at lower positions than this. */
  readonly behind: string;
  /** For each shard the key of the next item to read; null if the shard is finished. */
  readonly from: readonly (string | null)[];
}

interface Found {
  readonly shard: number;
  readonly key: string;
  readonly position: string;
  readonly entry: LogEntry;
}

interface Shard {
  /** The key from which to read older items. */
  readonly from: string;
  /** Whether the item with this key was read already. */
  readonly isRead: boolean;
}

const TIME_DIGITS = 15;

/** A text that sorts after all keys and positions. */
const NEWEST = '~';

/** The prefix of the keys of items written at a time, in epoch milliseconds. */
export function timeKey(at: number): string {
  return String(Math.max(0, Math.ceil(at))).padStart(TIME_DIGITS, '0');
}

/** The time in a key, in epoch milliseconds; 0 for an empty key. */
export function timeOf(key: string): number {
  return Number(key.split('#')[0]);
}

/**
 * Merges the items of the log's shards into one list of attempts, newest first. Each shard is read from its newest item.
 * A function writes an item some time after its first attempt, so an older item can contain newer attempts. An attempt
 * is therefore shown only when no unread item can contain a newer one.
 */
export class LogSearch {
  readonly #fits: (entry: LogEntry) => boolean;
  readonly #behind: string;
  /** The shards that have more items to read. */
  readonly #open: Map<number, Shard>;
  readonly #shards: number;
  readonly #found: Found[] = [];

  constructor(shards: number, filter: LogFilter, place?: LogPlace) {
    this.#fits = fits(filter);
    this.#behind = place?.behind ?? NEWEST;
    this.#shards = shards;
    const from = place?.from ?? Array.from({ length: shards }, () => NEWEST);
    this.#open = new Map(from.flatMap((key, shard) => (key === null ? [] : [[shard, { from: key, isRead: false }]])));
  }

  /** The shards to read next, and where. */
  get open(): readonly (Shard & { readonly shard: number })[] {
    return [...this.#open].map(([shard, place]) => ({ shard, ...place }));
  }

  /** Whether the search must read more, because a page would end at the place where the search started. */
  get isStuck(): boolean {
    return this.#open.size > 0 && this.#frontier() >= this.#behind;
  }

  /**
   * Adds items that were read from a shard, newest first.
   *
   * @param more Whether the shard has older items.
   */
  add(shard: number, items: readonly LogItem[], more: boolean): void {
    for (const { key, entries } of items)
      for (const [index, entry] of entries.entries()) {
        const position = `${timeKey(entry.at)}#${key}#${String(index).padStart(6, '0')}`;
        if (position < this.#behind && this.#fits(entry)) this.#found.push({ shard, key, position, entry });
      }
    const last = items.at(-1);
    if (more && last) this.#open.set(shard, { from: last.key, isRead: true });
    else this.#open.delete(shard);
  }

  /** The number of matching entries in the items that were read. */
  get found(): number {
    return this.#found.length;
  }

  /** The number of entries that can be shown. */
  get ready(): number {
    return this.#ready().length;
  }

  /**
   * Returns the entries that can be shown, newest first.
   *
   * @param limit The largest number of entries.
   * @returns `next` is the place of the next page, if there is more to search.
   */
  page(limit: number): { entries: LogEntry[]; next?: LogPlace } {
    const shown = this.#ready()
      .sort((a, b) => (a.position < b.position ? 1 : -1))
      .slice(0, limit);
    const behind = shown.length === limit ? (shown.at(-1)?.position ?? this.#behind) : this.#frontier();
    const entries = shown.map(({ entry }) => entry);
    const left = this.#found.filter(({ position }) => position < behind);
    if (left.length === 0 && this.#open.size === 0) return { entries };
    const from = Array.from(
      { length: this.#shards },
      (_, shard) => left.find((found) => found.shard === shard)?.key ?? this.#open.get(shard)?.from ?? null,
    );
    return { entries, next: { behind, from } };
  }

  #ready(): Found[] {
    const frontier = this.#frontier();
    return this.#found.filter(({ position }) => position >= frontier);
  }

  /** Every unread entry has a lower position than this. */
  #frontier(): string {
    const reached = [...this.#open.values()].map(({ from, isRead }) =>
      isRead ? `${from.slice(0, TIME_DIGITS)}#${from}` : NEWEST,
    );
    return reached.sort().at(-1) ?? '';
  }
}
