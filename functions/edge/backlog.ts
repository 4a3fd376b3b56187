import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Notification } from '../core/notification.ts';

/** A held notification leaves the queue after 14 days at the latest, so its item is of no use any more. */
const HELD_DAYS = 14;
const TEST_DAYS = 1;
const DAY_SECONDS = 24 * 60 * 60;

/** What came of a notification that was sent by hand. */
export interface TestResult {
  readonly delivered: boolean;
  /** `HTTP 200`, `connection refused` … */
  readonly answer: string;
  readonly milliseconds: number;
  /** The beginning of the response. */
  readonly body: string;
}

/**
 * The backlog table: notifications that wait, each under its trigger, in the order of their changes. A notification that
 * is delivered at once is never written here.
 */
export class Backlog {
  readonly #dynamodb: DynamoDBClient;
  readonly #table: string;

  constructor(dynamodb: DynamoDBClient, table: string) {
    this.#dynamodb = dynamodb;
    this.#table = table;
  }

  /** How many attempts each of these notifications (at most 100) has had, by id. One with none is not in the map. */
  async attempts(notifications: readonly Notification[]): Promise<ReadonlyMap<string, number>> {
    const attempts = new Map<string, number>();
    let keys = notifications.map(heldKey);
    while (keys.length > 0) {
      const { Responses, UnprocessedKeys } = await this.#dynamodb.send(
        new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys: keys, ConsistentRead: true } } }),
      );
      for (const { id, attempts: count } of Responses?.[this.#table] ?? []) attempts.set(id?.S ?? '', Number(count?.N));
      keys = (UnprocessedKeys?.[this.#table]?.Keys ?? []) as typeof keys;
    }
    return attempts;
  }

  /** Keeps what is known of a notification that is held in the queue. Times are epoch milliseconds. */
  async hold(notification: Notification, held: { attempts: number; answer: string; at: number; nextTry: number }) {
    await this.#dynamodb.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: {
          ...heldKey(notification),
          id: { S: notification.id },
          attempts: { N: String(held.attempts) },
          answer: { S: held.answer },
          nextTry: { N: String(held.nextTry) },
          formattedString: { S: notification.formattedString },
          expiresAt: { N: expiry(held.at, HELD_DAYS) },
        },
      }),
    );
  }

  /** Forgets a held notification: it has been delivered or given up. */
  async release(notification: Notification) {
    await this.#dynamodb.send(new DeleteItemCommand({ TableName: this.#table, Key: heldKey(notification) }));
  }

  /** @param at Epoch milliseconds. */
  async putTestResult(notification: Notification, result: TestResult, at: number) {
    await this.#dynamodb.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: {
          ...testKey(notification),
          result: { S: JSON.stringify(result) },
          expiresAt: { N: expiry(at, TEST_DAYS) },
        },
      }),
    );
  }

  /** What came of a test, or `undefined` while it is on its way. */
  async testResult(notification: Notification): Promise<TestResult | undefined> {
    const { Item } = await this.#dynamodb.send(
      new GetItemCommand({ TableName: this.#table, Key: testKey(notification), ConsistentRead: true }),
    );
    return Item?.result?.S === undefined ? undefined : JSON.parse(Item.result.S);
  }
}

/** Sorts a trigger's notifications by the time of their change, and those of one record by its sequence. */
function heldKey({ trigger, changedAt, sequence, id }: Notification) {
  const place = `${String(changedAt).padStart(15, '0')}#${sequence.padStart(40, '0')}#${id}`;
  return { list: { S: `${trigger}#held` }, place: { S: place } };
}

function testKey({ trigger, id }: Notification) {
  return { list: { S: `${trigger}#test` }, place: { S: id } };
}

function expiry(from: number, days: number): string {
  return String(Math.ceil(from / 1000) + days * DAY_SECONDS);
}
