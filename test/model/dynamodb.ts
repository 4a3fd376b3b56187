import { type DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { checkedItem } from './checked-item.ts';
import { batchGet, batchWrite } from './dynamodb-batches.ts';
import { type Input, reject, rejectUnknown, schemaOf, type Tables } from './dynamodb-checks.ts';
import { deleteItem, getItem, putItem, updateItem } from './dynamodb-items.ts';
import { query, scan } from './dynamodb-pages.ts';
import { Table, type View } from './dynamodb-table.ts';
import { copy, InvalidValue, type Item } from './dynamodb-values.ts';
import { InvalidExpression } from './expression-parts.ts';
/** Rare behavior of DynamoDB. Absent hazards never occur. */
export interface Hazards {
  /** Whether a batch request leaves half of its keys or items unprocessed. */
  unprocessed?: () => boolean;
  /** Whether a read of several items shows a write between its sending and its effect. */
  shown?: () => boolean;
  /** Whether a read without `ConsistentRead` misses the latest write, which is `age` milliseconds old. */
  stale?: (age: number) => boolean;
}

/** A request that took effect or was rejected. */
export interface Request {
  /** As in `PutItem`. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into inputs of every command
  readonly input: any;
}

interface Command {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

/** Lets a request take effect, now or later, once or several times. It returns or throws the result for the caller. */
export type Around = (command: Command, effect: () => object) => Promise<object>;

/** The parts of the database that its operations use. */
export interface Context {
  readonly table: (name: string) => Table;
  /** Returns the writes that a read can see. */
  readonly view: (isConsistent: boolean | undefined, sent: number, several: boolean) => View | undefined;
  /** Returns for each part of a batch whether it stays unprocessed. */
  readonly leaves: () => () => boolean;
}

/** @param sent The time at which the request was sent. */
type Operation = (context: Context, input: Input, sent: number) => object;

const operations: Readonly<Record<string, Operation>> = {
  GetItem: getItem,
  PutItem: putItem,
  DeleteItem: deleteItem,
  UpdateItem: updateItem,
  Query: query,
  Scan: scan,
  BatchGetItem: batchGet,
  BatchWriteItem: batchWrite,
  DescribeTable: (context, input) => ({ Table: context.table(input.TableName).describe() }),
};

/** DynamoDB in memory, as strict as the service. It copies all items that it receives or returns. */
export class DynamoDBInMemory {
  hazards: Hazards;
  /** All requests in the order in which they took effect. */
  readonly requests: Request[] = [];
  readonly #tables = new Map<string, Table>();
  readonly #now: () => number;
  readonly #context: Context = {
    table: (name) => this.#table(name),
    view: (...read) => this.#view(...read),
    leaves: () => this.#leaves(),
  };

  constructor(tables: Tables, now: () => number = Date.now, hazards: Hazards = {}) {
    this.#now = now;
    this.hazards = hazards;
    for (const [name, keys] of Object.entries(tables)) this.#tables.set(name, new Table(name, schemaOf(keys), now));
  }

  /** A client. Its requests go through `around`, if it is given, which can delay, fail or repeat them. */
  client(around?: Around): DynamoDBClient {
    const send = async (command: Command, options?: { abortSignal?: AbortSignal }) => {
      options?.abortSignal?.throwIfAborted();
      const name = command.constructor.name.replace(/Command$/, '');
      const input = copy(command.input);
      const sent = this.#clock();
      const effect = () => this.#handle(name, input, sent);
      return around ? around(command, effect) : effect();
    };
    return { send, destroy() {} } as unknown as DynamoDBClient;
  }

  /** The items of a table, sorted by key, without those that have expired. */
  items(table: string): readonly Item[] {
    return this.#table(table)
      .sorted()
      .flatMap(({ item }) => (item && !this.#hasExpired(item) ? [copy(item)] : []));
  }

  /** Puts an item without a request. */
  put(table: string, item: Item): void {
    const own = copy(item);
    this.#table(table).write(checkedItem(this.#table(table), own), own);
  }

  /** Removes expired items, which DynamoDB does within days. */
  expire(): void {
    for (const table of this.#tables.values())
      for (const entry of table.sorted()) if (entry.item && this.#hasExpired(entry.item)) table.remove(entry);
  }

  /** The number of items that were written or deleted. */
  get writes(): number {
    return [...this.#tables.values()].reduce((sum, { writes }) => sum + writes, 0);
  }

  /** The same of one table. */
  writesTo(table: string): number {
    return this.#table(table).writes;
  }

  #clock(): number {
    return [...this.#tables.values()].reduce((latest, { latest: own }) => Math.max(latest, own), 0);
  }

  #hasExpired({ expiresAt }: Item): boolean {
    return expiresAt?.N !== undefined && Number(expiresAt.N) * 1000 <= this.#now();
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table) return table;
    throw new ResourceNotFoundException({
      message: 'Requested resource not found',
      $metadata: { httpStatusCode: 400 },
    });
  }

  #handle(name: string, input: Input, sent: number): object {
    this.requests.push({ name, input });
    try {
      return { ...this.#response(name, input, sent), $metadata: { httpStatusCode: 200, attempts: 1 } };
    } catch (error) {
      if (error instanceof InvalidExpression || error instanceof InvalidValue) reject(error.message);
      throw error;
    }
  }

  #response(name: string, input: Input, sent: number): object {
    rejectUnknown(name, input);
    const operation = operations[name];
    if (!operation) throw new Error(`DynamoDBInMemory does not know ${name}.`);
    return operation(this.#context, input, sent);
  }

  /** Returns for each part of a batch whether it stays unprocessed: each second part if the hazard occurs. */
  #leaves(): () => boolean {
    const happens = this.hazards.unprocessed?.() ?? false;
    let part = 0;
    return () => happens && part++ % 2 === 1;
  }

  /** Returns the latest writes that a read can see. */
  #view(isConsistent: boolean | undefined, sent: number, several: boolean): View | undefined {
    const { shown, stale } = this.hazards;
    const view: View = {
      ...(several && shown && { sent, shown }),
      ...(!isConsistent && stale && { stale: (at: number) => stale(this.#now() - at) }),
    };
    return view.shown || view.stale ? view : undefined;
  }
}
