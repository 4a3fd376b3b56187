import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import {
  checkedKey,
  checkKeyContent,
  checkStart,
  type Input,
  isFull,
  MAX_ITEM,
  MB,
  oneOf,
  reject,
  rejectDuplicates,
  rejectKeysInFilter,
  rejectUnknown,
  request,
  schemaOf,
  type Tables,
} from './dynamodb-checks.ts';
import { keyCondition } from './dynamodb-key-condition.ts';
import { type Entry, Table, type View } from './dynamodb-table.ts';
import { projected, updated } from './dynamodb-updates.ts';
import { checkValue, copy, InvalidValue, type Item, itemSize } from './dynamodb-values.ts';
import { InvalidExpression, type Kind, resolve } from './expression-parts.ts';

/** What DynamoDB may do, and seldom does. Left out, it never happens. */
export interface Hazards {
  /** Whether a batch request leaves half of its keys or items unprocessed. */
  unprocessed?: () => boolean;
  /** Whether a read of several items shows one of the writes that came between its sending and its effect. */
  shown?: () => boolean;
  /** Whether a read without `ConsistentRead` misses the latest write, which is `age` milliseconds old. */
  stale?: (age: number) => boolean;
}

/** A request that took effect, or was rejected. */
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

/** Has a request take effect, now or later, once or more often, and returns or throws what the caller gets. */
export type Around = (command: Command, effect: () => object) => Promise<object>;

/** A page of a query or scan, and the response to a BatchGetItem. */
const MAX_PAGE = MB;

/** DynamoDB in memory, as strict as the service. Nothing that is handed in or out is shared with it. */
export class DynamoDBInMemory {
  hazards: Hazards;
  /** Every request in the order in which they took effect. */
  readonly requests: Request[] = [];
  readonly #tables = new Map<string, Table>();
  readonly #now: () => number;

  constructor(tables: Tables, now: () => number = Date.now, hazards: Hazards = {}) {
    this.#now = now;
    this.hazards = hazards;
    for (const [name, keys] of Object.entries(tables)) this.#tables.set(name, new Table(name, schemaOf(keys), now));
  }

  /** A client whose requests go straight through, or through `around`, which may delay, fail or repeat them. */
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

  /** Puts an item as PutItem does, without a request. */
  put(table: string, item: Item): void {
    const own = copy(item);
    this.#table(table).write(this.#checkedItem(this.#table(table), own), own);
  }

  /** Removes what has expired, which DynamoDB does within days. */
  expire(): void {
    for (const table of this.#tables.values())
      for (const entry of table.sorted()) if (entry.item && this.#hasExpired(entry.item)) table.remove(entry);
  }

  /** Items that were written or deleted so far. */
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
    switch (name) {
      case 'GetItem':
        return this.#get(input, sent);
      case 'PutItem':
        return this.#put(input);
      case 'DeleteItem':
        return this.#delete(input);
      case 'UpdateItem':
        return this.#update(input);
      case 'Query':
        return this.#query(input, sent);
      case 'Scan':
        return this.#scan(input, sent);
      case 'BatchGetItem':
        return this.#batchGet(input, sent);
      case 'BatchWriteItem':
        return this.#batchWrite(input);
      case 'DescribeTable':
        return { Table: this.#table(input.TableName).describe() };
      default:
        throw new Error(`DynamoDBInMemory does not know ${name}.`);
    }
  }

  #get(input: Input, sent: number) {
    const table = this.#table(input.TableName);
    const { paths, scope } = request(input, ['ProjectionExpression']);
    const key = checkedKey(table, input.Key);
    const item = table.find(key, this.#view(input.ConsistentRead, sent, false));
    return item ? { Item: copy(paths ? projected(item, paths, scope.names) : item) } : {};
  }

  #put(input: Input) {
    const table = this.#table(input.TableName);
    const key = this.#checkedItem(table, input.Item);
    const { before, meet } = this.#conditional(table, key, input);
    oneOf('returnValues', input.ReturnValues, ['NONE', 'ALL_OLD']);
    meet();
    table.write(key, input.Item);
    return before && input.ReturnValues === 'ALL_OLD' ? { Attributes: copy(before) } : {};
  }

  #delete(input: Input) {
    const table = this.#table(input.TableName);
    const key = checkedKey(table, input.Key);
    const { before, meet } = this.#conditional(table, key, input);
    oneOf('returnValues', input.ReturnValues, ['NONE', 'ALL_OLD']);
    meet();
    table.delete(key);
    return before && input.ReturnValues === 'ALL_OLD' ? { Attributes: copy(before) } : {};
  }

  #update(input: Input) {
    const table = this.#table(input.TableName);
    const key = checkedKey(table, input.Key);
    oneOf('returnValues', input.ReturnValues, ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW']);
    const { before, meet, update, scope } = this.#conditional(table, key, input, ['UpdateExpression']);
    for (const { path } of update?.actions ?? []) {
      const [name] = resolve(path, scope.names);
      if (table.schema.some((attribute) => attribute.name === name))
        reject(
          `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
        );
    }
    meet();
    const { item, paths } = update
      ? updated(update, { ...scope, item: before ?? input.Key })
      : { item: before ?? input.Key, paths: [] };
    this.#checkedItem(table, item as Item, 'Item size to update has exceeded the maximum allowed size');
    table.write(key, item as Item);
    const attributes = {
      ALL_OLD: before,
      UPDATED_OLD: before && projected(before, paths, {}),
      ALL_NEW: item,
      UPDATED_NEW: projected(item as Item, paths, {}),
    }[input.ReturnValues as string];
    return attributes && Object.keys(attributes).length > 0 ? { Attributes: copy(attributes) } : {};
  }

  /** What a conditional write is checked by. `meet` throws when its condition does not hold. */
  #conditional(table: Table, key: Entry['key'], input: Input, kinds: readonly Kind[] = []) {
    const { condition, update, scope } = request(input, ['ConditionExpression', ...kinds]);
    oneOf('returnValuesOnConditionCheckFailure', input.ReturnValuesOnConditionCheckFailure, ['NONE', 'ALL_OLD']);
    const before = table.find(key);
    const meet = () => {
      if (!condition || condition.isMet({ ...scope, item: before })) return;
      const shows = before && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: { httpStatusCode: 400 },
        ...(shows && { Item: copy(before) as Record<string, AttributeValue> }),
      });
    };
    return { before, meet, update, scope };
  }

  #query(input: Input, sent: number) {
    const table = this.#table(input.TableName);
    if (input.IndexName) reject(`The table does not have the specified index: ${input.IndexName}`);
    if (input.KeyConditionExpression === undefined)
      reject('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
    const parsed = request(input, ['KeyConditionExpression', 'FilterExpression', 'ProjectionExpression']);
    const range = keyCondition(parsed.key, parsed.scope, table.schema);
    rejectKeysInFilter(table, parsed);
    if (input.ExclusiveStartKey) checkStart(table, input.ExclusiveStartKey, range);
    const view = this.#view(input.ConsistentRead, sent, true);
    const entries = table.range(range, input.ExclusiveStartKey, input.ScanIndexForward !== false, view);
    return this.#page(table, input, parsed, entries);
  }

  #scan(input: Input, sent: number) {
    const table = this.#table(input.TableName);
    if (input.IndexName) reject(`The table does not have the specified index: ${input.IndexName}`);
    const parsed = request(input, ['FilterExpression', 'ProjectionExpression']);
    if (input.ExclusiveStartKey) checkStart(table, input.ExclusiveStartKey);
    const view = this.#view(input.ConsistentRead, sent, true);
    return this.#page(table, input, parsed, table.scan(input.ExclusiveStartKey, view));
  }

  /** Of items that a query or scan comes upon, a page of those that pass its filter. */
  #page(table: Table, input: Input, parsed: ReturnType<typeof request>, entries: Iterable<[Entry['key'], Item]>) {
    const { filter, paths, scope } = parsed;
    if (input.Limit !== undefined && !(input.Limit >= 1))
      reject(
        `1 validation error detected: Value '${input.Limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
      );
    oneOf('select', input.Select, ['ALL_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES']);
    if (paths && input.Select && input.Select !== 'SPECIFIC_ATTRIBUTES')
      reject(`Cannot specify the ProjectionExpression when choosing to get ${input.Select}`);
    if (!paths && input.Select === 'SPECIFIC_ATTRIBUTES')
      reject('Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
    const found: Item[] = [];
    let [scanned, bytes, next] = [0, 0, undefined as Item | undefined];
    let last: Item | undefined;
    for (const [key, item] of entries) {
      const size = itemSize(item);
      if (bytes + size > MAX_PAGE) {
        next = last;
        break;
      }
      last = key;
      bytes += size;
      scanned++;
      if (!filter || filter.isMet({ ...scope, item })) found.push(item);
      if (scanned === input.Limit) {
        // Also when nothing is left: DynamoDB does not look.
        next = key;
        break;
      }
    }
    return {
      ...(input.Select !== 'COUNT' && {
        Items: found.map((item) => copy(paths ? projected(item, paths, scope.names) : item)),
      }),
      Count: found.length,
      ScannedCount: scanned,
      ...(next && { LastEvaluatedKey: copy(table.keyOf(next)) }),
    };
  }

  #batchGet(input: Input, sent: number) {
    const requested: [string, Input][] = Object.entries(input.RequestItems ?? {});
    const all = requested.flatMap(([, { Keys = [] }]) => Keys);
    if (requested.length === 0 || requested.some(([, { Keys = [] }]) => Keys.length === 0))
      reject(
        "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      );
    if (all.length > 100) reject('Too many items requested for the BatchGetItem call');
    const Responses: Record<string, Item[]> = {};
    const UnprocessedKeys: Record<string, object> = {};
    const leaves = this.#leaves();
    let bytes = 0;
    for (const [name, of] of requested) {
      const table = this.#table(name);
      const { paths, scope } = request(of, ['ProjectionExpression']);
      const keys = (of.Keys as Item[]).map((key) => [key, checkedKey(table, key)] as const);
      rejectDuplicates(keys.map(([, key]) => key));
      const view = this.#view(of.ConsistentRead, sent, true);
      const left: Item[] = [];
      const found: Item[] = [];
      for (const [given, key] of keys) {
        const item = left.length === 0 || !isFull(bytes) ? table.find(key, view) : undefined;
        const size = item ? itemSize(item) : 0;
        if (leaves() || isFull(bytes + size)) {
          left.push(given);
          continue;
        }
        bytes += size;
        if (item) found.push(copy(paths ? projected(item, paths, scope.names) : item));
      }
      // In no order, says DynamoDB.
      Responses[name] = found.reverse();
      if (left.length > 0) UnprocessedKeys[name] = copy({ ...of, Keys: left });
    }
    return { Responses, UnprocessedKeys };
  }

  #batchWrite(input: Input) {
    const requested: [string, Input[]][] = Object.entries(input.RequestItems ?? {});
    const count = requested.reduce((sum, [, { length }]) => sum + length, 0);
    if (requested.length === 0 || count > 25 || requested.some(([, { length }]) => length === 0))
      reject(
        "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
      );
    // DynamoDB checks all before it writes any.
    const writes = requested.map(([name, requests]) => {
      const table = this.#table(name);
      const keyed = requests.map((one) => {
        const { PutRequest, DeleteRequest } = one;
        if (Boolean(PutRequest) === Boolean(DeleteRequest))
          reject(
            'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
          );
        const key = PutRequest ? this.#checkedItem(table, PutRequest.Item) : checkedKey(table, DeleteRequest.Key);
        return { one, key, item: PutRequest?.Item };
      });
      rejectDuplicates(keyed.map(({ key }) => key));
      return { name, table, keyed };
    });
    const leaves = this.#leaves();
    const UnprocessedItems: Record<string, object[]> = {};
    for (const { name, table, keyed } of writes)
      for (const { one, key, item } of keyed) {
        if (leaves()) UnprocessedItems[name] = [...(UnprocessedItems[name] ?? []), copy(one)];
        else if (item) table.write(key, item);
        else table.delete(key);
      }
    return { UnprocessedItems };
  }

  /** Tells of each part of a batch whether it is left unprocessed: every second one, should it happen at all. */
  #leaves(): () => boolean {
    const happens = this.hazards.unprocessed?.() ?? false;
    let part = 0;
    return () => happens && part++ % 2 === 1;
  }

  /** What a read gets to see of the latest writes. */
  #view(isConsistent: boolean | undefined, sent: number, several: boolean): View | undefined {
    const { shown, stale } = this.hazards;
    const view: View = {
      ...(several && shown && { sent, shown }),
      ...(!isConsistent && stale && { stale: (at: number) => stale(this.#now() - at) }),
    };
    return view.shown || view.stale ? view : undefined;
  }

  /** Checks an item as it is put, and gives its key. */
  #checkedItem(
    table: Table,
    item: Item | undefined,
    tooLarge = 'Item size has exceeded the maximum allowed size',
  ): Item {
    if (!item)
      reject("1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null");
    for (const { name } of table.schema)
      if (item[name] === undefined)
        reject(`One or more parameter values were invalid: Missing the key ${name} in the item`);
    for (const [name, value] of Object.entries(item)) {
      if (name === '') reject('Attribute name must not be empty');
      checkValue(value);
    }
    for (const { name, type } of table.schema) {
      const [actual] = Object.keys(item[name] as AttributeValue);
      if (actual !== type)
        reject(
          `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${actual}`,
        );
    }
    if (itemSize(item) > MAX_ITEM) reject(tooLarge);
    const key = table.keyOf(item);
    checkKeyContent(table, key);
    return key;
  }
}
