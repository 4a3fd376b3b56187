import { fits, type LogEntry, type LogFilter } from './log-entry.ts';

/**
 * What one write put into the log. Keys sort by the time of the write, which no attempt in it is later than, and are all of
 * one length.
 */
export interface LogItem {
  readonly key: string;
  readonly entries: readonly LogEntry[];
}

/** Where a search goes on. */
export interface LogPlace {
  /** The position that was come to: only what stands behind it is still to be shown. */
  readonly behind: string;
  /** The item with which to begin in each shard, or nothing where all is done. */
  readonly from: readonly (string | null)[];
}

interface Found {
  readonly shard: number;
  readonly key: string;
  readonly position: string;
  readonly entry: LogEntry;
}

interface Shard {
  /** The key to read on from: none that is newer. */
  readonly from: string;
  /** That one has been read. */
  readonly isRead: boolean;
}

const TIME_DIGITS = 15;

/** Behind all keys and positions. */
const NEWEST = '~';

/** The beginning of the keys of what was written at a time, epoch milliseconds. */
export function timeKey(at: number): string {
  return String(Math.max(0, Math.ceil(at))).padStart(TIME_DIGITS, '0');
}

/**
 * Merges the items of the log's shards, each read from its newest item on, into one list of attempts, newest first. A
 * function writes a while after its first attempt began, so an item may hold attempts that are older than those of items
 * behind it: an attempt is shown once no item that is still unread can hold a newer one.
 */
export class LogSearch {
  readonly #fits: (entry: LogEntry) => boolean;
  readonly #behind: string;
  /** Those in which there is more to read. */
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

  /** What to read next. */
  get open(): readonly (Shard & { readonly shard: number })[] {
    return [...this.#open].map(([shard, place]) => ({ shard, ...place }));
  }

  /** Whether all that was shown already is what there was to read: to end here would be to come to this place again. */
  get isStuck(): boolean {
    return this.#open.size > 0 && this.#frontier() >= this.#behind;
  }

  /** Takes in what was read of a shard, newest first. @param more Whether there is more of it. */
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

  /** How many can be shown. */
  get ready(): number {
    return this.#ready().length;
  }

  /** What can be shown, at most so many; and where to go on, if there is more to search. */
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
      (_, shard) => left.find((one) => one.shard === shard)?.key ?? this.#open.get(shard)?.from ?? null,
    );
    return { entries, next: { behind, from } };
  }

  #ready(): Found[] {
    const frontier = this.#frontier();
    return this.#found.filter(({ position }) => position >= frontier);
  }

  /** Nothing that is still unread stands before this position. */
  #frontier(): string {
    const reached = [...this.#open.values()].map(({ from, isRead }) =>
      isRead ? `${from.slice(0, TIME_DIGITS)}#${from}` : NEWEST,
    );
    return reached.sort().at(-1) ?? '';
  }
}
