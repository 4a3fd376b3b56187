import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { Trigger } from '../core/entity.ts';
import type { Tried } from './backlog-items.ts';
import { listOf, stateRow, triedOf } from './backlog-rows.ts';
import { type Place, Table } from './table.ts';

/** The maximum number of pages of a list that are read. DynamoDB returns up to 1 MB for a page. */
const PAGES = 3;

const lists = ['held', 'parked'] as const;

/** Where a notification is pending: in the queue, after a failed attempt, or in its trigger's backlog. */
export interface PendingPlace extends Tried {
  readonly list: (typeof lists)[number];
}

/**
 * Finds one pending notification by its ID. The functions that deliver know the key of a notification and need no search, so this is
 * not part of `Backlog`, which is in their bundles. Every read is strongly consistent.
 */
export class PendingSearch {
  readonly #table: Table;

  constructor(table: string, dynamodb: DynamoDBClient) {
    this.#table = new Table(table, dynamodb);
  }

  /** @returns `undefined` if it is not pending, was not attempted yet, or is behind many others. */
  async find(trigger: Trigger, id: string): Promise<PendingPlace | undefined> {
    for (const list of lists) {
      let after: Place | undefined;
      for (let page = 0; page < PAGES; page++) {
        const { rows, next } = await this.#table.query({ partition: { list: listOf(trigger, list) }, after });
        const row = rows.find((row) => row.id === id && !row.done);
        if (row) return { list, ...triedOf(z.parse(stateRow, row)) };
        after = next;
        if (!next) break;
      }
    }
    return undefined;
  }
}
