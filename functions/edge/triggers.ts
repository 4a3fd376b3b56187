import { BatchGetItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isTrigger, type Trigger } from '../core/entity.ts';

/** What is typed for a trigger. */
interface Typed {
  readonly url: string;
  /** ISO 8601. */
  readonly changedAt: string;
}

/** The triggers that have a URL. */
export type TypedTriggers = ReadonlyMap<Trigger, Typed>;

/** Reads what is typed now, strongly consistent, in one request. @throws When the table cannot be read. */
export async function readTriggers(
  dynamodb: DynamoDBClient,
  table: string,
  triggers: readonly Trigger[],
): Promise<TypedTriggers> {
  const typed = new Map<Trigger, Typed>();
  let keys = triggers.map((trigger) => ({ trigger: { S: trigger } }));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
    );
    for (const { trigger, url, changedAt } of Responses?.[table] ?? [])
      if (isTrigger(trigger?.S) && url?.S) typed.set(trigger.S, { url: url.S, changedAt: changedAt?.S ?? '' });
    keys = (UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys;
  }
  return typed;
}

/** Types a URL for a trigger, or clears it. @param at When, epoch milliseconds. */
export async function writeUrl(
  dynamodb: DynamoDBClient,
  table: string,
  trigger: Trigger,
  url: string | undefined,
  at: number,
): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { trigger: { S: trigger } },
      UpdateExpression: url === undefined ? 'SET changedAt = :at REMOVE #url' : 'SET changedAt = :at, #url = :url',
      ExpressionAttributeNames: { '#url': 'url' },
      ExpressionAttributeValues: {
        ':at': { S: new Date(at).toISOString() },
        ...(url !== undefined && { ':url': { S: url } }),
      },
    }),
  );
}

/** Remembers what a read gave for a while. A failed read is not remembered. */
export function remember<Value>(read: () => Promise<Value>, milliseconds: number, now: () => number) {
  let latest: { readonly value: Value; readonly until: number } | undefined;
  return async (): Promise<Value> => {
    if (!latest || now() >= latest.until) {
      // Counted from before the read, so that nothing older than `milliseconds` is ever given.
      const until = now() + milliseconds;
      latest = { value: await read(), until };
    }
    return latest.value;
  };
}
