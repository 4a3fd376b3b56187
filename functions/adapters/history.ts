import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { type Trigger, triggers } from '../core/entity.ts';
import { json } from './json-text.ts';
import { type Pause, Table } from './table.ts';

/** How long entries of the history are kept. */
const KEPT_SECONDS = 365 * 24 * 60 * 60;

const LIST = 'history';

/** The version of the items. Items of release 0.2.0 have none; they are read too. */
const VERSION = 1;

export const historyEntry = z.object({
  /** Epoch milliseconds. */
  at: z.number(),
  who: z.string(),
  what: z.enum(['url', 'state', 'secret', 'header', 'redelivered']),
  trigger: z.enum(triggers as [Trigger, ...Trigger[]]),
  /** `null` if there was no value, or the value is secret. */
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
});

/** An action of an admin. Secrets and values of headers are not recorded. */
export type HistoryEntry = Readonly<z.output<typeof historyEntry>>;

const row = z.object({ entry: json(historyEntry) });

/** The pattern of the place at which the next page of the history begins. */
export const placePattern = /^\d{15}#[0-9a-f-]{36}$/;

/** The history: a list in the backlog table, sorted by time. Every method throws when the table does not respond. */
export class History {
  readonly #table: Table;

  constructor(table: string, dynamodb = new DynamoDBClient(), pause?: Pause) {
    this.#table = new Table(table, dynamodb, pause);
  }

  async add(entry: HistoryEntry): Promise<void> {
    await this.#table.put({
      list: LIST,
      place: `${String(entry.at).padStart(15, '0')}#${randomUUID()}`,
      v: VERSION,
      entry: JSON.stringify(entry),
      expiresAt: Math.ceil(entry.at / 1000) + KEPT_SECONDS,
    });
  }

  /** Reads a page, newest first; `next` if there is more. */
  async read(limit: number, after?: string): Promise<{ entries: HistoryEntry[]; next?: string }> {
    const { rows, next } = await this.#table.query({
      partition: { list: LIST },
      limit,
      newestFirst: true,
      after: after === undefined ? undefined : marshall({ list: LIST, place: after }),
    });
    const entries = rows.map((item) => z.parse(row, item).entry);
    return { entries, ...(next?.place?.S && { next: next.place.S }) };
  }
}
