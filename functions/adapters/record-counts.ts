import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { allEnded } from '../core/all-ended.ts';
import type { Notification } from '../core/notification.ts';
import { isOverLimit, type RecordLimit, windowOf } from '../core/record-limit.ts';
import { type Pause, Table } from './table.ts';

/** A stream can return a record again within this time, in seconds. */
const KEPT_SECONDS = 24 * 60 * 60;

/** The version of the items. Items of release 0.2.0 have none; they are read too. */
const VERSION = 1;

const row = z.object({ sequences: z._default(z.set(z.string()), new Set<string>()) });

/**
 * Counts the changes of each record in the backlog table, because any environment of the function can get them. It
 * stores a set of sequences, not a number: a repeated change is counted once.
 */
export class RecordCounts {
  readonly limit: RecordLimit;
  readonly #table: Table;

  constructor(table: string, limit: RecordLimit, dynamodb = new DynamoDBClient(), pause?: Pause) {
    this.#table = new Table(table, dynamodb, pause);
    this.limit = limit;
  }

  /**
   * Counts changes, and returns those over the limit. It makes one write per record.
   *
   * @throws When the table does not respond.
   */
  async overLimit(notifications: readonly Notification[]): Promise<ReadonlySet<Notification>> {
    const groups = Map.groupBy(notifications, (n) => `${n.record} ${windowOf(n, this.limit)}`);
    const checked = await allEnded(
      [...groups.values()].map(async (group) => {
        const counted = await this.#count(group);
        return group.filter(({ sequence }) => isOverLimit(sequence, counted, this.limit));
      }),
    );
    return new Set(checked.flat());
  }

  /** Adds changes of one record and window. @returns All changes that were counted there. */
  async #count(changes: readonly Notification[]): Promise<readonly string[]> {
    const [first] = changes;
    if (!first) return [];
    const window = windowOf(first, this.limit);
    const counted = await this.#table.update(
      { list: `${first.record}#changes`, place: String(window) },
      {
        update: 'SET #v = :v, #expiresAt = :expiry ADD #sequences :sequences',
        // A full set rejects all later changes, so it need not grow further.
        condition: 'attribute_not_exists(#sequences) OR size(#sequences) < :full',
        values: {
          v: VERSION,
          expiry: window + this.limit.perSeconds + KEPT_SECONDS,
          sequences: new Set(changes.map(({ sequence }) => sequence)),
          full: this.limit.changes,
        },
      },
    );
    return [...z.parse(row, 'row' in counted ? counted.row : (counted.unmet ?? {})).sequences];
  }
}
