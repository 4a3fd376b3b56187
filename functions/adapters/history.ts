import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { type Trigger, triggers } from '../core/entity.ts';
import { maskedUrl } from '../core/masked-url.ts';
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
  what: z.enum([
    'url',
    'state',
    'secret',
    'secret-read',
    'header',
    'limit',
    'coalesce',
    'oauth',
    'certificate',
    'redelivered',
    'export',
    'import',
    'backfill',
    'dead-letters',
  ]),
  /** `null`: the action belongs to no single trigger. */
  trigger: z.nullable(z.enum(triggers as [Trigger, ...Trigger[]])),
  /** `null` if there was no value, or the value is secret. */
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
});

/** An action of an admin. Secrets and values of headers are not recorded. */
export type HistoryEntry = Readonly<z.output<typeof historyEntry>>;

/** Credentials in a URL must not be stored for longer than the URL. Release 0.2.0 stored the query of URLs. */
export function maskedEntry(entry: HistoryEntry): HistoryEntry {
  if (entry.what !== 'url') return entry;
  const masked = (url: string | null) => (url === null ? null : maskedUrl(url));
  return { ...entry, from: masked(entry.from), to: masked(entry.to) };
}

const row = z.object({ place: z.string(), entry: json(historyEntry) });

/** The pattern of the place at which the next page of the history begins. */
export const placePattern = /^\d{15}#[0-9a-f-]{36}$/;

/**
 * The history: entries in the audit table, sorted by time. Entries are added and read, and never changed. Every method
 * throws when a table does not respond.
 */
export class History {
  readonly #table: Table;
  readonly #earlier: Table;
  /** The number of entries that were added: those of one millisecond keep their order. */
  #added = 0;

  /** @param earlier The backlog table, where release 0.2.0 wrote the history. It is only read. */
  constructor(table: string, earlier: string, dynamodb = new DynamoDBClient(), pause?: Pause) {
    this.#table = new Table(table, dynamodb, pause);
    this.#earlier = new Table(earlier, dynamodb, pause);
  }

  async add(entry: HistoryEntry): Promise<void> {
    const order = (this.#added++).toString(16).padStart(8, '0');
    const item = {
      list: LIST,
      place: `${String(entry.at).padStart(15, '0')}#${order}${randomUUID().slice(8)}`,
      v: VERSION,
      entry: JSON.stringify(entry),
      expiresAt: Math.ceil(entry.at / 1000) + KEPT_SECONDS,
    };
    await this.#table.put(item, { condition: 'attribute_not_exists(#place)' });
  }

  /** Reads a page, newest first; `next` if there is more. */
  async read(limit: number, after?: string): Promise<{ entries: HistoryEntry[]; next?: string }> {
    const query = {
      partition: { list: LIST },
      limit,
      newestFirst: true,
      after: after === undefined ? undefined : marshall({ list: LIST, place: after }),
    };
    const pages = await Promise.all([this.#table.query(query), this.#earlier.query(query)]);
    // A table can have more entries after the end of its page, so older entries of the other table must wait.
    const ends = pages.flatMap(({ next }) => next?.place?.S ?? []);
    const end = ends.toSorted().at(-1) ?? '';
    const rows = pages
      .flatMap((page) => page.rows.map((item) => z.parse(row, item)))
      .filter(({ place }) => place >= end)
      .toSorted((a, b) => (a.place < b.place ? 1 : -1));
    const shown = rows.slice(0, limit);
    const isAll = end === '' && shown.length === rows.length;
    const next = isAll ? undefined : shown.at(-1)?.place;
    return { entries: shown.map(({ entry }) => maskedEntry(entry)), ...(next && { next }) };
  }
}
