import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Trigger } from '../core/entity.ts';
import { fromMessage, type Notification, toMessage } from '../core/notification.ts';
import { batchGet } from './batch-get.ts';

/** How long items are kept that nothing removes, days. */
const KEPT_DAYS = { held: 14, parked: 30, failed: 30, test: 1 };
const DAY_SECONDS = 24 * 60 * 60;

/** What BatchWriteItem takes at once. */
const BATCH = 25;

/** What is known of a notification that was attempted before. Times are epoch milliseconds. */
export interface Tried {
  readonly attempts: number;
  /** When it was attempted first, 0 for never. */
  readonly firstAttempt: number;
  /** What came of the latest attempt, in words. */
  readonly answer: string;
  /** Not to be attempted before. */
  readonly nextTry: number;
}

/** What is known of one that was not attempted yet. */
export const untried: Tried = { attempts: 0, firstAttempt: 0, answer: '', nextTry: 0 };

/** A notification that waits. */
export interface Waiting extends Tried {
  readonly notification: Notification;
}

/** A notification in its trigger's backlog. */
export interface Parked extends Waiting {
  readonly parkedAt: number;
}

/** A notification, or a change of which none could be made, that was given up. */
export interface Failed {
  /** The notification's id. */
  readonly id: string;
  readonly trigger: Trigger;
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: number;
  /** The change's time. */
  readonly changedAt: number;
  readonly sequence: string;
  readonly record: string;
  /** Absent when the change could not be formatted. */
  readonly notification?: Notification;
  /** The row's key, when the change could not be formatted. */
  readonly keys?: object;
}

/** What came of a notification that was sent by hand. */
export interface TestResult {
  readonly delivered: boolean;
  /** `HTTP 200`, `connection refused` … */
  readonly answer: string;
  readonly milliseconds: number;
  /** The beginning of the response. */
  readonly body: string;
}

type Item = Readonly<Record<string, AttributeValue>>;
type List = keyof typeof KEPT_DAYS;

/** A place in a trigger's list: where a page of it goes on. */
export type Place = Item;

/**
 * The backlog table. Each trigger has four lists: what is held in the queue, what is parked, what failed, and what came of
 * tests. A list is sorted by the time of the change and the stream's sequence number. A notification that is delivered at
 * once is never written here. Every read is strongly consistent; every method throws when the table is silent.
 */
export class Backlog {
  readonly #table: string;
  readonly #dynamodb: DynamoDBClient;

  constructor(table: string, dynamodb = new DynamoDBClient()) {
    this.#table = table;
    this.#dynamodb = dynamodb;
  }

  /** What is known of these notifications (at most 50) by id, and whether one is parked. */
  async seen(notifications: readonly Notification[]): Promise<ReadonlyMap<string, Tried & { parked: boolean }>> {
    const seen = new Map<string, Tried & { parked: boolean }>();
    const keys = notifications.flatMap((n) => [key(n, 'held'), key(n, 'parked')]);
    for (const item of await batchGet(this.#dynamodb, this.#table, keys)) {
      const parked = item.list?.S?.endsWith('#parked') ?? false;
      const id = item.id?.S ?? '';
      if (parked || !seen.has(id)) seen.set(id, { ...tried(item), parked });
    }
    return seen;
  }

  /** Keeps what is known of a notification that is held in the queue. */
  async hold(waiting: Waiting, at: number): Promise<void> {
    await this.#put(waitingItem(waiting, 'held', at));
  }

  /** Forgets a held notification: it has been delivered or given up. */
  async release(notification: Notification): Promise<void> {
    await this.#delete(key(notification, 'held'));
  }

  /** Puts notifications into their triggers' backlogs, each always in the same place. */
  async park(waiting: readonly Waiting[], at: number): Promise<void> {
    const puts = waiting.map((w) => ({
      PutRequest: { Item: { ...waitingItem(w, 'parked', at), ...time('parkedAt', at) } },
    }));
    const deletes = waiting
      .filter(({ attempts }) => attempts > 0)
      .map(({ notification }) => ({ DeleteRequest: { Key: key(notification, 'held') } }));
    await this.#write([...puts, ...deletes]);
  }

  /** Takes a notification out of its backlog. */
  async unpark(notification: Notification): Promise<void> {
    await this.#delete(key(notification, 'parked'));
  }

  /** Notes a failed attempt at a parked notification. */
  async keepParked(parked: Parked, at: number): Promise<void> {
    await this.#put({ ...waitingItem(parked, 'parked', at), ...time('parkedAt', parked.parkedAt) });
  }

  /** A page of a trigger's backlog, in order; `next` when there is more. */
  async parked(trigger: Trigger, limit: number, after?: Place): Promise<{ parked: Parked[]; next?: Place }> {
    const { items, next } = await this.#page(trigger, 'parked', limit, after);
    const parked = items.flatMap((item) => {
      const notification = fromMessage(item.message?.S ?? '');
      if ('unreadable' in notification) return [];
      return [{ notification, ...tried(item), parkedAt: Number(item.parkedAt?.N) }];
    });
    return { parked, ...(next && { next }) };
  }

  /** How many notifications a trigger has in one of its lists; it stops counting where there are more than `enough`. */
  async count(
    trigger: Trigger,
    list: 'held' | 'parked' | 'failed',
    enough = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    let count = 0;
    let next: Place | undefined;
    do {
      const { Count, LastEvaluatedKey } = await this.#dynamodb.send(
        new QueryCommand({ ...this.#query(trigger, list, next), Select: 'COUNT' }),
      );
      count += Count ?? 0;
      next = LastEvaluatedKey;
    } while (next && count < enough);
    return count;
  }

  /** Keeps what was given up where the operator can see it and send it again. */
  async fail(failed: Failed): Promise<void> {
    const { notification, keys } = failed;
    await this.#put({
      ...key(failed, 'failed'),
      id: { S: failed.id },
      reason: { S: failed.reason },
      attempts: { N: String(failed.attempts) },
      ...time('failedAt', failed.failedAt),
      ...time('changedAt', failed.changedAt),
      sequence: { S: failed.sequence },
      record: { S: failed.record },
      ...(notification && { message: { S: toMessage(notification) } }),
      ...(keys && { keys: { S: JSON.stringify(keys) } }),
      ...expiry('failed', failed.failedAt),
    });
  }

  /** Forgets what failed: it has been sent again. */
  async forget(failed: Failed): Promise<void> {
    await this.#delete(key(failed, 'failed'));
  }

  /** A page of what a trigger has given up, the oldest change first. */
  async failed(trigger: Trigger, limit: number, after?: Place): Promise<{ failed: Failed[]; next?: Place }> {
    const { items, next } = await this.#page(trigger, 'failed', limit, after);
    const failed = items.map((item) => {
      const read = item.message?.S === undefined ? undefined : fromMessage(item.message.S);
      return {
        id: item.id?.S ?? '',
        trigger,
        reason: item.reason?.S ?? '',
        attempts: Number(item.attempts?.N),
        failedAt: Number(item.failedAt?.N),
        changedAt: Number(item.changedAt?.N),
        sequence: item.sequence?.S ?? '0',
        record: item.record?.S ?? '',
        ...(read && 'id' in read && { notification: read }),
        ...(item.keys?.S && { keys: JSON.parse(item.keys.S) }),
      };
    });
    return { failed, ...(next && { next }) };
  }

  async putTestResult(notification: Notification, result: TestResult, at: number): Promise<void> {
    await this.#put({ ...key(notification, 'test'), result: { S: JSON.stringify(result) }, ...expiry('test', at) });
  }

  /** What came of a test, or `undefined` while it is on its way. */
  async testResult(notification: Notification): Promise<TestResult | undefined> {
    const { Item } = await this.#dynamodb.send(
      new GetItemCommand({ TableName: this.#table, Key: key(notification, 'test'), ConsistentRead: true }),
    );
    return Item?.result?.S === undefined ? undefined : JSON.parse(Item.result.S);
  }

  #query(trigger: Trigger, list: List, after?: Place) {
    return {
      TableName: this.#table,
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: { ':list': { S: `${trigger}#${list}` } },
      ConsistentRead: true,
      ExclusiveStartKey: after,
    };
  }

  async #page(trigger: Trigger, list: List, limit: number, after?: Place): Promise<{ items: Item[]; next?: Place }> {
    const { Items = [], LastEvaluatedKey } = await this.#dynamodb.send(
      new QueryCommand({ ...this.#query(trigger, list, after), Limit: limit }),
    );
    return { items: Items, ...(LastEvaluatedKey && { next: LastEvaluatedKey }) };
  }

  async #put(Item: Record<string, AttributeValue>): Promise<void> {
    await this.#dynamodb.send(new PutItemCommand({ TableName: this.#table, Item }));
  }

  async #delete(Key: Record<string, AttributeValue>): Promise<void> {
    await this.#dynamodb.send(new DeleteItemCommand({ TableName: this.#table, Key }));
  }

  async #write(requests: readonly WriteRequest[]): Promise<void> {
    let left = [...requests];
    while (left.length > 0) {
      const { UnprocessedItems } = await this.#dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [this.#table]: left.slice(0, BATCH) } }),
      );
      left = [...(UnprocessedItems?.[this.#table] ?? []), ...left.slice(BATCH)];
    }
  }
}

/** Sorts a trigger's notifications by the time of their change, and those of one record by its sequence. */
function key(of: Pick<Notification, 'trigger' | 'changedAt' | 'sequence' | 'id'>, list: List) {
  const place = `${String(of.changedAt).padStart(15, '0')}#${of.sequence.padStart(40, '0')}#${of.id}`;
  return { list: { S: `${of.trigger}#${list}` }, place: { S: place } };
}

function waitingItem({ notification, ...known }: Waiting, list: 'held' | 'parked', at: number) {
  return {
    ...key(notification, list),
    id: { S: notification.id },
    message: { S: toMessage(notification) },
    attempts: { N: String(known.attempts) },
    ...time('firstAttempt', known.firstAttempt),
    answer: { S: known.answer },
    ...time('nextTry', known.nextTry),
    ...expiry(list, at),
  };
}

function tried(item: Item): Tried {
  return {
    attempts: Number(item.attempts?.N ?? 0),
    firstAttempt: Number(item.firstAttempt?.N ?? 0),
    answer: item.answer?.S ?? '',
    nextTry: Number(item.nextTry?.N ?? 0),
  };
}

function time<Name extends string>(name: Name, at: number) {
  return { [name]: { N: String(at) } } as Record<Name, AttributeValue>;
}

function expiry(list: List, from: number) {
  return { expiresAt: { N: String(Math.ceil(from / 1000) + KEPT_DAYS[list] * DAY_SECONDS) } };
}
