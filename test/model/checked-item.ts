import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { checkKeyContent, MAX_ITEM, reject } from './dynamodb-checks.ts';
import type { Table } from './dynamodb-table.ts';
import { checkValue, type Item, itemSize } from './dynamodb-values.ts';

/** Checks an item before a put, and returns its key. */
export function checkedItem(
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
