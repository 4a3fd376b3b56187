import { randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Trigger } from '../core/entity.ts';

/** How long it is remembered what admins did. */
const KEPT_SECONDS = 365 * 24 * 60 * 60;

const LIST = 'history';

/** What an admin did. Secrets and the values of headers are not in it. */
export interface HistoryEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly who: string;
  readonly what: 'url' | 'state' | 'secret' | 'header' | 'redelivered';
  readonly trigger: Trigger;
  /** `null`: there was none, or it is not told. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Where a page of the history goes on. */
export const placePattern = /^\d{15}#[0-9a-f-]{36}$/;

/** What admins did: a list in the backlog table, sorted by time. Every method throws when the table is silent. */
export class History {
  readonly #table: string;
  readonly #dynamodb: DynamoDBClient;

  constructor(table: string, dynamodb = new DynamoDBClient()) {
    this.#table = table;
    this.#dynamodb = dynamodb;
  }

  async add(entry: HistoryEntry): Promise<void> {
    await this.#dynamodb.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: {
          list: { S: LIST },
          place: { S: `${String(entry.at).padStart(15, '0')}#${randomUUID()}` },
          entry: { S: JSON.stringify(entry) },
          expiresAt: { N: String(Math.ceil(entry.at / 1000) + KEPT_SECONDS) },
        },
      }),
    );
  }

  /** The latest first; `next` when there is more. */
  async read(limit: number, after?: string): Promise<{ entries: HistoryEntry[]; next?: string }> {
    const { Items = [], LastEvaluatedKey } = await this.#dynamodb.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: '#list = :list',
        ExpressionAttributeNames: { '#list': 'list' },
        ExpressionAttributeValues: { ':list': { S: LIST } },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
        ...(after && { ExclusiveStartKey: { list: { S: LIST }, place: { S: after } } }),
      }),
    );
    const entries = Items.map(({ entry }) => JSON.parse(entry?.S ?? '{}') as HistoryEntry);
    return { entries, ...(LastEvaluatedKey?.place?.S && { next: LastEvaluatedKey.place.S }) };
  }
}
