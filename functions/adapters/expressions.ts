import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/** An item in plain values, with its key. */
export type Row = Readonly<Record<string, unknown>>;

/** A condition, or the expression of an update. Every attribute is written `#name`, every value `:name`. */
export interface Conditional {
  readonly condition?: string | undefined;
  readonly values?: Row;
}

/** Every attribute has a placeholder, because many common words are reserved. */
export function placeholders(expression: string, values: Row) {
  const names = [...expression.matchAll(/#(\w+)/g)].map(([ref, name]) => [ref, name]);
  const named = Object.entries(values).map(([name, value]) => [`:${name}`, value]);
  return {
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string> }),
    ...(named.length > 0 && {
      ExpressionAttributeValues: marshall(Object.fromEntries(named)) as Record<string, AttributeValue>,
    }),
  };
}

export function toItem(row: Row): Record<string, AttributeValue> {
  return marshall(row, { removeUndefinedValues: true });
}

/** Removes repeated keys, because DynamoDB rejects a batch that contains one. */
export function distinct(keys: readonly Record<string, AttributeValue>[]) {
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}
