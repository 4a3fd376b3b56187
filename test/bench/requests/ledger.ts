import { isDeepStrictEqual } from 'node:util';
import { type Item, itemBytes, readUnits, writeUnits } from './units.ts';

/** A request to AWS and its response. Times are milliseconds. */
export interface Exchange {
  /** `DynamoDB_20120810.PutItem`, `AmazonSQS.ReceiveMessage` */
  readonly target: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any action
  readonly request: any;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any action
  readonly response: any;
  readonly from: number;
  readonly to: number;
}

const MONTH_SECONDS = 30 * 24 * 60 * 60;
/** DynamoDB adds this number of bytes to each stored item. */
const STORED_BYTES = 100;

/** Records the cost of requests by AWS's published rules. */
export class Ledger {
  readonly requests: Record<string, number> = {};
  readonly writeUnits: Record<string, number> = {};
  readonly readUnits: Record<string, number> = {};
  readonly exchanges: Exchange[] = [];
  /** The items in each table. */
  readonly #items = new Map<string, Item[]>();
  readonly #nameOf: (table: string) => string;

  /** @param nameOf A table's name in infra/tables.ts. */
  constructor(nameOf: (table: string) => string) {
    this.#nameOf = nameOf;
  }

  note(exchange: Exchange): void {
    const [service = '', action = ''] = exchange.target.split('.');
    this.count(`${service.startsWith('Dynamo') ? 'DynamoDB' : 'SQS'} ${action}`);
    this.exchanges.push(exchange);
    const { request, response } = exchange;
    const table = request.TableName;
    const actions: Readonly<Record<string, () => void>> = {
      PutItem: () => this.#put(table, request.Item),
      DeleteItem: () => this.#delete(table, request.Key),
      UpdateItem: () => this.#write(table, itemBytes(response.Attributes ?? {})),
      GetItem: () => this.#read(table, itemBytes(response.Item ?? {})),
      // DynamoDB adds the sizes of all items of a query before it rounds.
      Query: () =>
        this.#read(
          table,
          (response.Items ?? []).reduce((sum: number, item: Item) => sum + itemBytes(item), 0),
        ),
      BatchGetItem: () => this.#batchGet(request.RequestItems, response.Responses ?? {}),
      BatchWriteItem: () => this.#batchWrite(request.RequestItems),
    };
    actions[action]?.();
  }

  /** A request that is only counted: `SQS ReceiveMessage`. */
  count(action: string): void {
    add(this.requests, action, 1);
  }

  /** Bytes × months of items that stay until their time to live ends, by table. @param now Epoch seconds. */
  byteMonths(now: number): Record<string, number> {
    const kept = (item: Item) => {
      const expiresAt = Number((item.expiresAt as { N?: string } | undefined)?.N ?? now);
      return ((itemBytes(item) + STORED_BYTES) * Math.max(0, expiresAt - now)) / MONTH_SECONDS;
    };
    return Object.fromEntries(
      [...this.#items].map(([table, items]) => [this.#nameOf(table), items.reduce((sum, item) => sum + kept(item), 0)]),
    );
  }

  #batchGet(requested: Record<string, { Keys: Item[] }>, found: Record<string, Item[]>): void {
    for (const [table, { Keys }] of Object.entries(requested)) {
      const items = found[table] ?? [];
      for (const item of items) this.#read(table, itemBytes(item));
      for (let missing = items.length; missing < Keys.length; missing++) this.#read(table, 0);
    }
  }

  #batchWrite(requested: Record<string, { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>): void {
    for (const [table, writes] of Object.entries(requested))
      for (const { PutRequest, DeleteRequest } of writes) {
        if (PutRequest) this.#put(table, PutRequest.Item);
        if (DeleteRequest) this.#delete(table, DeleteRequest.Key);
      }
  }

  #put(table: string, item: Item): void {
    this.#items.set(table, this.#items.get(table) ?? []);
    this.#items.get(table)?.push(item);
    this.#write(table, itemBytes(item));
  }

  #delete(table: string, key: Item): void {
    const items = this.#items.get(table) ?? [];
    const isIt = (item: Item) => Object.entries(key).every(([name, value]) => isDeepStrictEqual(item[name], value));
    const deleted = items.filter(isIt);
    this.#items.set(
      table,
      items.filter((item) => !isIt(item)),
    );
    this.#write(table, deleted[0] ? itemBytes(deleted[0]) : 0);
  }

  #write(table: string, bytes: number): void {
    add(this.writeUnits, this.#nameOf(table), writeUnits(bytes));
  }

  #read(table: string, bytes: number): void {
    add(this.readUnits, this.#nameOf(table), readUnits(bytes));
  }
}

/** The number of requests that were sequential, not parallel. */
export function waits(spans: readonly { readonly from: number; readonly to: number }[]): number {
  let count = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of [...spans].sort((a, b) => a.to - b.to)) {
    if (from < until) continue;
    count++;
    until = to;
  }
  return count;
}

function add(to: Record<string, number>, name: string, amount: number): void {
  to[name] = (to[name] ?? 0) + amount;
}
