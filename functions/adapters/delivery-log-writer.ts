import { randomInt, randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { allEnded } from '../core/all-ended.ts';
import type { LogEntry } from '../core/log-entry.ts';
import { packed } from '../core/log-item.ts';
import { timeKey } from '../core/log-search.ts';

/** The version of the items. Items of release 0.2.0 have none; they are read too. */
const VERSION = 1;

/** The retention of attempts, in days. */
export const KEPT_DAYS = 30;
const DAY_SECONDS = 24 * 60 * 60;

/**
 * A partition accepts 1,000 write units per second. A reader must query each shard. This number can increase, but it must
 * not decrease while items are stored.
 */
export const SHARDS = 8;

/** A write that takes longer is cancelled: a log that does not respond must not use up the time of its function. */
const WRITE_MS = 3_000;

/**
 * The write of the delivery log, for the functions that only add to it. Each write makes one item with all attempts of a run of a function, or of a
 * part of it. It throws when the table does not respond.
 */
export class DeliveryLogWriter {
  protected readonly table: string;
  protected readonly dynamodb: DynamoDBClient;

  constructor(table: string, dynamodb = new DynamoDBClient()) {
    this.table = table;
    this.dynamodb = dynamodb;
  }

  /** Adds attempts with one request, unless one item cannot hold them. */
  async write(entries: readonly LogEntry[]): Promise<void> {
    // No attempt in an item may be later than the item: the search relies on it.
    const at = Math.max(Date.now(), ...entries.map((entry) => entry.at));
    const expiresAt = Math.ceil(at / 1000) + KEPT_DAYS * DAY_SECONDS;
    await allEnded(
      packed(entries).map((bytes) => {
        const key = { shard: String(randomInt(SHARDS)), written: newKey(at) };
        const Item = marshall({ ...key, v: VERSION, rows: bytes, expiresAt });
        const abortSignal = AbortSignal.timeout(WRITE_MS);
        return this.dynamodb.send(new PutItemCommand({ TableName: this.table, Item }), { abortSignal });
      }),
    );
  }
}

function newKey(at: number): string {
  // The last part of a UUID is 48 random bits. Node keeps random bytes for UUIDs, so this takes less time than new ones.
  return `${timeKey(at)}#${randomUUID().slice(-12)}`;
}
