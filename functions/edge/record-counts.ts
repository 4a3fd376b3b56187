import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Notification } from '../core/notification.ts';
import { isBeyond, type RecordLimit, windowOf } from '../core/record-limit.ts';

/** As long as a stream may hand out a record again, seconds. */
const KEPT_SECONDS = 24 * 60 * 60;

/**
 * Counts the changes of each record in the backlog table, since one record's changes come to any of a function's
 * environments. A set of sequences in place of a number: what is handed out again is counted once.
 */
export class RecordCounts {
  readonly limit: RecordLimit;
  readonly #table: string;
  readonly #dynamodb: DynamoDBClient;

  constructor(table: string, limit: RecordLimit, dynamodb = new DynamoDBClient()) {
    this.#table = table;
    this.limit = limit;
    this.#dynamodb = dynamodb;
  }

  /** Counts changes, and returns those beyond the limit. One write for each record. @throws When the table is silent. */
  async beyond(notifications: readonly Notification[]): Promise<ReadonlySet<Notification>> {
    const groups = Map.groupBy(notifications, (n) => `${n.record} ${windowOf(n, this.limit)}`);
    const judged = await Promise.all(
      [...groups.values()].map(async (group) => {
        const counted = await this.#count(group);
        return group.filter(({ sequence }) => isBeyond(sequence, counted, this.limit));
      }),
    );
    return new Set(judged.flat());
  }

  /** Adds changes of one record and window. @returns All that were counted there. */
  async #count(changes: readonly Notification[]): Promise<readonly string[]> {
    const [first] = changes;
    if (!first) return [];
    const window = windowOf(first, this.limit);
    const update: UpdateItemCommandInput = {
      TableName: this.#table,
      Key: { list: { S: `${first.record}#changes` }, place: { S: String(window) } },
      UpdateExpression: 'SET expiresAt = :expiry ADD sequences :sequences',
      // A full set judges all that is to come: it need not grow until an item cannot hold it.
      ConditionExpression: 'attribute_not_exists(sequences) OR size(sequences) < :full',
      ExpressionAttributeValues: {
        ':expiry': { N: String(window + this.limit.perSeconds + KEPT_SECONDS) },
        ':sequences': { SS: [...new Set(changes.map(({ sequence }) => sequence))] },
        ':full': { N: String(this.limit.changes) },
      },
      ReturnValues: 'UPDATED_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    try {
      const { Attributes } = await this.#dynamodb.send(new UpdateItemCommand(update));
      return Attributes?.sequences?.SS ?? [];
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item?.sequences?.SS ?? [];
    }
  }
}
