import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { checkedItem } from './checked-item.ts';
import type { Context } from './dynamodb.ts';
import { checkedKey, type Input, oneOf, reject, request } from './dynamodb-checks.ts';
import type { Entry, Table } from './dynamodb-table.ts';
import { projected, updated } from './dynamodb-updates.ts';
import { copy, type Item } from './dynamodb-values.ts';
import { type Kind, resolve } from './expression-parts.ts';

export function getItem(context: Context, input: Input, sent: number) {
  const table = context.table(input.TableName);
  const { paths, scope } = request(input, ['ProjectionExpression']);
  const key = checkedKey(table, input.Key);
  const item = table.find(key, context.view(input.ConsistentRead, sent, false));
  return item ? { Item: copy(paths ? projected(item, paths, scope.names) : item) } : {};
}

export function putItem(context: Context, input: Input) {
  const table = context.table(input.TableName);
  const key = checkedItem(table, input.Item);
  const { before, meet } = conditional(table, key, input);
  oneOf('returnValues', input.ReturnValues, ['NONE', 'ALL_OLD']);
  meet();
  table.write(key, input.Item);
  return before && input.ReturnValues === 'ALL_OLD' ? { Attributes: copy(before) } : {};
}

export function deleteItem(context: Context, input: Input) {
  const table = context.table(input.TableName);
  const key = checkedKey(table, input.Key);
  const { before, meet } = conditional(table, key, input);
  oneOf('returnValues', input.ReturnValues, ['NONE', 'ALL_OLD']);
  meet();
  table.delete(key);
  return before && input.ReturnValues === 'ALL_OLD' ? { Attributes: copy(before) } : {};
}

export function updateItem(context: Context, input: Input) {
  const table = context.table(input.TableName);
  const key = checkedKey(table, input.Key);
  oneOf('returnValues', input.ReturnValues, ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW']);
  const { before, meet, update, scope } = conditional(table, key, input, ['UpdateExpression']);
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
  checkedItem(table, item as Item, 'Item size to update has exceeded the maximum allowed size');
  table.write(key, item as Item);
  const attributes = {
    ALL_OLD: before,
    UPDATED_OLD: before && projected(before, paths, {}),
    ALL_NEW: item,
    UPDATED_NEW: projected(item as Item, paths, {}),
  }[input.ReturnValues as string];
  return attributes && Object.keys(attributes).length > 0 ? { Attributes: copy(attributes) } : {};
}

/** Prepares a conditional write. `meet` throws if its condition is not met. */
function conditional(table: Table, key: Entry['key'], input: Input, kinds: readonly Kind[] = []) {
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
