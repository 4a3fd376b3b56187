import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { allEnded } from '../core/all-ended.ts';
import { fits, type LogEntry, type LogFilter, needleOf } from '../core/log-entry.ts';
import { unpacked } from '../core/log-item.ts';
import { type LogItem, type LogPlace, LogSearch, timeKey, timeOf } from '../core/log-search.ts';
import { DeliveryLogWriter, SHARDS } from './delivery-log-writer.ts';

export type { LogEntry, LogFilter } from '../core/log-entry.ts';

/** An item of the log. */
export const logRow = z.object({ written: z.string(), rows: z.instanceof(Uint8Array) });

/**
 * The number of items of a shard that the first query reads. Each later one reads twice as many, up to a limit, because a search that
 * needs it looks for few attempts. A search for an ID reads the 1 MB that DynamoDB returns at once: most items are not parsed.
 * An item usually holds the attempts of a batch of up to ten.
 */
const PAGE = 25;
const LARGEST_PAGE = 400;

/** The same for the first query of a count. It reads to its end, or to thousands of attempts. */
const COUNTED_PAGE = 160;

/** The maximum number of times that `read` queries all shards. */
const ROUNDS = 8;

/** An attempt is written at most this long after its start: a function runs no longer. */
const LATEST_WRITE_MS = 16 * 60_000;

/** Entries can appear this long after their time, because clocks differ and writes take time. */
const LATE_MS = 5_000;

/**
 * The delivery log with its reads. Every method throws when the table does not respond. Reads are not strongly consistent:
 * the entries of the last second can be missing.
 */
export class DeliveryLog extends DeliveryLogWriter {
  /**
   * Reads attempts, the newest first. Attempts that are written between two pages can be missed.
   *
   * @param next The `next` of the page before, with the same filter.
   * @param end No round of queries but the first begins after this time, in epoch milliseconds.
   * @returns `next` if there is more to search. A page can have few entries or none, because the number of reads is limited.
   * @throws {RangeError} If `next` is not the `next` of an earlier page.
   */
  async read(
    filter: LogFilter,
    limit: number,
    next?: string,
    end = Number.POSITIVE_INFINITY,
  ): Promise<{ entries: LogEntry[]; next?: string }> {
    const search = new LogSearch(SHARDS, filter, next === undefined ? undefined : toPlace(next));
    for (let round = 0; round < ROUNDS || search.isStuck; round++) {
      if (search.open.length === 0 || search.ready >= limit) break;
      if (round > 0 && Date.now() >= end && !search.isStuck) break;
      await this.#searchOn(search, filter, round, PAGE);
    }
    const page = search.page(limit);
    return { entries: page.entries, ...(page.next && { next: fromPlace(page.next) }) };
  }

  /**
   * Counts attempts.
   *
   * @param from A place, as `next` of `read`. Absent: all attempts.
   * @param enough The count stops here.
   * @param end No round of queries but the first begins after this time, in epoch milliseconds.
   * @returns `isMinimum`: there can be more.
   */
  async count(
    filter: LogFilter,
    from: string | undefined,
    enough: number,
    end: number,
  ): Promise<{ count: number; isMinimum: boolean }> {
    const search = new LogSearch(SHARDS, filter, from === undefined ? undefined : toPlace(from));
    for (let round = 0; search.open.length > 0 && search.found < enough; round++) {
      if (round > 0 && Date.now() >= end) break;
      await this.#searchOn(search, filter, round, COUNTED_PAGE);
    }
    return { count: search.found, isMinimum: search.open.length > 0 };
  }

  /** Reads a page of each shard. @param round 0 for the first. @param first The page's number of items in the first round. */
  async #searchOn(search: LogSearch, filter: LogFilter, round: number, first: number): Promise<void> {
    const oldest = timeKey(filter.since ?? 0);
    const needle = needleOf(filter);
    const limit = needle ? undefined : Math.min(first * 2 ** round, LARGEST_PAGE);
    await allEnded(
      search.open.map(async ({ shard, from, isRead }) => {
        const { rows, more } = await this.#newestFirst(shard, oldest, from, isRead, limit);
        search.add(
          shard,
          rows.map((row) => toItem(row, needle)),
          more,
        );
      }),
    );
  }

  /** The place, as `next` of `read`, at which a search for attempts that started at a time or earlier begins. */
  placeAt(until: number): string {
    const from = timeKey(until + LATEST_WRITE_MS);
    return fromPlace({ behind: timeKey(until + 1), from: shardNumbers.map(() => from) });
  }

  /**
   * Follows the log. The first call of the returned function returns nothing; each later call returns the attempts
   * that were written since the call before, the oldest first.
   */
  follow(filter: LogFilter): () => Promise<LogEntry[]> {
    const isMeant = fits(filter);
    let seen: Set<string> | undefined;
    let latest = '';
    return async () => {
      const isFirst = seen === undefined;
      const before = seen ?? new Set();
      if (isFirst) latest = await this.#latestKey();
      const from = timeKey(timeOf(latest) - LATE_MS);
      const items = (await allEnded(shardNumbers.map((shard) => this.#allSince(shard, from)))).flat();
      const fresh = items.filter(({ key }) => !before.has(key));
      seen = new Set(items.map(({ key }) => key));
      latest = items.reduce((most, { key }) => (key > most ? key : most), latest);
      if (isFirst) return [];
      return fresh.flatMap(({ entries }) => entries.filter(isMeant)).sort((a, b) => a.at - b.at);
    };
  }

  async #newestFirst(shard: number, oldest: string, from: string, isRead: boolean, Limit?: number) {
    if (from < oldest) return { rows: [], more: false };
    const { Items = [], LastEvaluatedKey } = await this.dynamodb.send(
      new QueryCommand({
        ...this.#query(shard, oldest, from),
        ScanIndexForward: false,
        Limit,
        ...(isRead && { ExclusiveStartKey: marshall({ shard: String(shard), written: from }) }),
      }),
    );
    return { rows: Items, more: LastEvaluatedKey !== undefined };
  }

  async #allSince(shard: number, oldest: string): Promise<LogItem[]> {
    const items: LogItem[] = [];
    let next: Record<string, AttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.dynamodb.send(
        new QueryCommand({ ...this.#query(shard, oldest, '~'), ExclusiveStartKey: next }),
      );
      items.push(...Items.map((row) => toItem(row)));
      next = LastEvaluatedKey;
    } while (next);
    return items;
  }

  async #latestKey(): Promise<string> {
    const latest = await allEnded(
      shardNumbers.map(async (shard) => {
        const query = { ...this.#query(shard, timeKey(0), '~'), ScanIndexForward: false, Limit: 1 };
        const { Items = [] } = await this.dynamodb.send(new QueryCommand(query));
        return Items[0]?.written?.S ?? '';
      }),
    );
    return latest.sort().at(-1) ?? '';
  }

  #query(shard: number, from: string, to: string) {
    return {
      TableName: this.table,
      KeyConditionExpression: '#shard = :shard AND written BETWEEN :from AND :to',
      // `shard` is a reserved word.
      ExpressionAttributeNames: { '#shard': 'shard' },
      ExpressionAttributeValues: marshall({ ':shard': String(shard), ':from': from, ':to': to }),
    };
  }
}

const shardNumbers = Array.from({ length: SHARDS }, (_, shard) => shard);

function toItem(item: Record<string, AttributeValue>, needle?: string): LogItem {
  const { written, rows } = z.parse(logRow, unmarshall(item));
  return { key: written, entries: unpacked(rows, needle) };
}

function fromPlace({ behind, from }: LogPlace): string {
  return Buffer.from([behind, ...from].join()).toString('base64url');
}

/** Parses a place. It comes from a client, so it can be any text. */
function toPlace(next: string): LogPlace {
  const [behind = '', ...from] = Buffer.from(next, 'base64url').toString().split(',');
  if (from.length !== SHARDS || ![behind, ...from].every((key) => /^[\w#~-]{0,64}$/.test(key)))
    throw new RangeError('This is no place in the delivery log.');
  return { behind, from: from.map((key) => key || null) };
}
