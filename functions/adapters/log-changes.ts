import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { allEnded } from '../core/all-ended.ts';
import type { Trigger } from '../core/entity.ts';
import type { LogEntry } from '../core/log-entry.ts';
import { unpacked } from '../core/log-item.ts';
import { timeKey, timeOf } from '../core/log-search.ts';
import { logRow } from './delivery-log.ts';
import { SHARDS } from './delivery-log-writer.ts';
import { Table } from './table.ts';

/** The number of items of a shard that one query reads. */
const PAGE = 25;

/** The maximum number of queries of each shard for a page, unless it would make no progress. */
const ROUNDS = 4;

/** A page ends with the millisecond that brings it to this number of attempts. */
const MOST = 1_000;

/** An item can appear this long after the time in its key: a write takes up to 3 s, and clocks differ. */
const SETTLED_MS = 15_000;

/** The items of a shard that were read, and how far. */
interface Shard {
  readonly shard: number;
  /** All earlier items were read; epoch milliseconds. */
  until: number;
  after: string;
  isOpen: boolean;
}

/** A page of attempts. */
export interface ChangesPage {
  readonly entries: readonly LogEntry[];
  /** The place of the next page: all items that were written before this time are on earlier pages. Epoch milliseconds. */
  readonly next: number;
  /** Whether there is more now. */
  readonly more: boolean;
}

/**
 * The delivery log in the order of its writes, the oldest first. Every read is strongly consistent and throws when the
 * table does not respond.
 */
export class LogChanges {
  readonly #table: Table;

  constructor(table: string, dynamodb = new DynamoDBClient()) {
    this.#table = new Table(table, dynamodb);
  }

  /**
   * Reads the attempts of a trigger, without tests. The attempts of a record are in their order. A page can be empty although
   * there is more, because the number of reads is limited.
   *
   * @param from The `next` of the page before, or a time in epoch milliseconds.
   */
  async read(trigger: Trigger, from: number, now: number, most = MOST): Promise<ChangesPage> {
    const settled = Math.max(from, now - SETTLED_MS);
    const shards = Array.from({ length: SHARDS }, (_, shard): Shard => {
      return { shard, until: from, after: timeKey(from), isOpen: true };
    });
    /** The attempts by the times of their items: a record's attempts have one order also within a millisecond. */
    const found = new Map<number, LogEntry[]>();
    let frontier = from;
    for (let round = 0; round < ROUNDS || frontier <= from; round++) {
      const open = shards.filter(({ isOpen }) => isOpen);
      if (open.length === 0 || countBefore(found, frontier) >= most) break;
      await allEnded(open.map((shard) => this.#readOn(shard, trigger, settled, found)));
      frontier = Math.min(...shards.map(({ isOpen, until }) => (isOpen ? until : settled)));
    }
    const entries: LogEntry[] = [];
    for (const at of [...found.keys()].filter((time) => time < frontier).sort((a, b) => a - b)) {
      if (entries.length >= most) return { entries, next: at, more: true };
      entries.push(...(found.get(at) ?? []).sort((a, b) => a.at - b.at));
    }
    return { entries, next: Math.max(frontier, from), more: shards.some(({ isOpen }) => isOpen) };
  }

  async #readOn(shard: Shard, trigger: Trigger, settled: number, found: Map<number, LogEntry[]>): Promise<void> {
    const partition = { shard: String(shard.shard) };
    const { rows, next } = await this.#table.query({
      partition,
      limit: PAGE,
      after: marshall({ ...partition, written: shard.after }),
    });
    for (const item of rows) {
      const { written, rows: packedRows } = z.parse(logRow, item);
      const at = timeOf(written);
      shard.after = written;
      shard.until = at;
      if (at >= settled) break;
      const meant = unpacked(packedRows).filter((entry) => entry.trigger === trigger && !entry.test);
      found.set(at, [...(found.get(at) ?? []), ...meant]);
    }
    shard.isOpen = next !== undefined && shard.until < settled;
  }
}

function countBefore(found: ReadonlyMap<number, readonly LogEntry[]>, time: number): number {
  return [...found].reduce((sum, [at, entries]) => (at < time ? sum + entries.length : sum), 0);
}
