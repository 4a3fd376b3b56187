import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { BUSY_TRIES, busyPauseMs } from '../core/return-delay.ts';
import { inBatches } from '../core/waves.ts';
import { type Conditional, distinct, placeholders, type Row, toItem } from './expressions.ts';

export type { Row } from './expressions.ts';

/** Where a page of a query ends, and the next one begins. */
export type Place = Readonly<Record<string, AttributeValue>>;

/** The limits of BatchGetItem and BatchWriteItem. */
const GET_BATCH = 100;
const WRITE_BATCH = 25;

interface Update extends Conditional {
  readonly update: string;
  /**
   * An attribute that gets a random value with each write. The SDK repeats a write whose response was lost, and the
   * repeat fails its condition. This value shows that the write was applied.
   */
  readonly token?: string;
}

interface Query {
  /** The value of the partition key. */
  readonly partition: Row;
  readonly filter?: string | undefined;
  readonly limit?: number | undefined;
  readonly after?: Place | undefined;
  readonly newestFirst?: boolean | undefined;
}

/** DynamoDB repeatedly leaves keys or items of a batch unprocessed. */
class TableBusy extends Error {
  override readonly name = 'TableBusy';
}

/** Waits before a batch is continued. @param attempt 0 for the first pause. */
export type Pause = (attempt: number) => Promise<unknown>;

const pauseWithJitter: Pause = (attempt) => sleep(busyPauseMs(attempt, Math.random()));

/**
 * One DynamoDB table, in plain values. Every read is strongly consistent. Every method throws when the table does not
 * respond, and when it repeatedly leaves parts of a batch unprocessed.
 */
export class Table {
  readonly #name: string;
  readonly #dynamodb: DynamoDBClient;
  readonly #pause: Pause;

  constructor(name: string, dynamodb: DynamoDBClient, pause = pauseWithJitter) {
    this.#name = name;
    this.#dynamodb = dynamodb;
    this.#pause = pause;
  }

  async get(key: Row): Promise<Row | undefined> {
    const { Item } = await this.#dynamodb.send(
      new GetItemCommand({ TableName: this.#name, Key: marshall(key), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }

  /** Reads any number of items; a repeated key is read once. @param attributes Default: all attributes. */
  async getAll(keys: readonly Row[], attributes: readonly string[] = []): Promise<Row[]> {
    const rows: Row[] = [];
    const names = attributes.map((name) => `#${name}`).join(', ');
    const options = { ConsistentRead: true, ...(names && { ProjectionExpression: names, ...placeholders(names, {}) }) };
    await this.#inBatches(distinct(keys.map((key) => marshall(key))), GET_BATCH, async (Keys) => {
      const { Responses, UnprocessedKeys } = await this.#dynamodb.send(
        new BatchGetItemCommand({ RequestItems: { [this.#name]: { Keys, ...options } } }),
      );
      rows.push(...(Responses?.[this.#name] ?? []).map((item) => unmarshall(item)));
      return UnprocessedKeys?.[this.#name]?.Keys ?? [];
    });
    return rows;
  }

  /** Writes any number of items in any order. Their keys must be different. */
  async putAll(rows: readonly Row[]): Promise<void> {
    const requests: WriteRequest[] = rows.map((row) => ({ PutRequest: { Item: toItem(row) } }));
    await this.#inBatches(requests, WRITE_BATCH, async (batch) => {
      const { UnprocessedItems } = await this.#dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [this.#name]: batch } }),
      );
      return UnprocessedItems?.[this.#name] ?? [];
    });
  }

  async #inBatches<Part>(parts: readonly Part[], size: number, send: (batch: Part[]) => Promise<Part[]>) {
    for (const batch of inBatches(parts, size)) {
      let left = batch;
      for (let attempt = 0; ; attempt++) {
        left = await send(left);
        if (left.length === 0) break;
        if (attempt === BUSY_TRIES) throw new TableBusy(`DynamoDB leaves ${left.length} of a batch unprocessed`);
        await this.#pause(attempt);
      }
    }
  }

  /**
   * Writes an item.
   *
   * @returns Whether the condition was met.
   */
  put(row: Row, conditional: Conditional = {}): Promise<boolean> {
    return isMet(this.#dynamodb.send(new PutItemCommand({ ...this.#conditional(conditional), Item: toItem(row) })));
  }

  /**
   * Deletes an item.
   *
   * @returns Whether the condition was met.
   */
  delete(key: Row, conditional: Conditional = {}): Promise<boolean> {
    const Key = marshall(key);
    return isMet(this.#dynamodb.send(new DeleteItemCommand({ ...this.#conditional(conditional), Key })));
  }

  /** @returns The item after the update, or with `unmet` the one that did not meet the condition, if there is one. */
  async update(key: Row, update: Update): Promise<{ readonly row: Row } | { readonly unmet: Row | undefined }> {
    const { token } = update;
    const value = randomUUID();
    const conditions = [update.condition, token && `(attribute_not_exists(#${token}) OR #${token} <> :${token})`];
    const conditional = {
      condition: conditions.filter(Boolean).join(' AND ') || undefined,
      update: token ? update.update.replace(/^SET /, `SET #${token} = :${token}, `) : update.update,
      values: { ...update.values, ...(token && { [token]: value }) },
    };
    try {
      const { Attributes = {} } = await this.#dynamodb.send(
        new UpdateItemCommand({
          ...this.#conditional(conditional),
          Key: marshall(key),
          UpdateExpression: conditional.update,
          ReturnValues: 'ALL_NEW',
          ...(conditional.condition && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
        }),
      );
      return { row: unmarshall(Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const row = error.Item && unmarshall(error.Item);
      return token && row?.[token] === value ? { row } : { unmet: row };
    }
  }

  /** A page of a partition, by its sort key; `next` when there is more. */
  async query(query: Query): Promise<{ rows: Row[]; next?: Place }> {
    const { Items = [], LastEvaluatedKey } = await this.#dynamodb.send(new QueryCommand(this.#query(query)));
    return { rows: Items.map((item) => unmarshall(item)), ...(LastEvaluatedKey && { next: LastEvaluatedKey }) };
  }

  /** Counts the items of a partition, from a place, that match a filter. It stops after `enough`. */
  async count(query: Query, enough: number): Promise<number> {
    let count = 0;
    let { after } = query;
    do {
      const { Count = 0, LastEvaluatedKey } = await this.#dynamodb.send(
        new QueryCommand({ ...this.#query({ ...query, after }), Select: 'COUNT' }),
      );
      count += Count;
      after = LastEvaluatedKey;
    } while (after && count < enough);
    return count;
  }

  #query({ partition, filter, limit, after, newestFirst }: Query): QueryCommandInput {
    const [key = ''] = Object.keys(partition);
    return {
      TableName: this.#name,
      KeyConditionExpression: `#${key} = :${key}`,
      FilterExpression: filter,
      ...placeholders(`#${key} ${filter ?? ''}`, partition),
      ConsistentRead: true,
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ExclusiveStartKey: after,
    };
  }

  #conditional({ condition, update = '', values = {} }: Conditional & { readonly update?: string }) {
    return {
      TableName: this.#name,
      ConditionExpression: condition,
      ...placeholders(`${update} ${condition ?? ''}`, values),
    };
  }
}

async function isMet(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
