import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A row in DynamoDB's JSON, with binary values as base64. */
export type Item = Readonly<Record<string, AttributeValue | { readonly B: string }>>;

/** The size of an item as DynamoDB counts it (Developer Guide, "DynamoDB item sizes and formats"). */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: Item[string]): number {
  if ('S' in value && value.S !== undefined) return Buffer.byteLength(value.S);
  if ('N' in value && value.N !== undefined) return Math.ceil(value.N.replace(/\D/g, '').length / 2) + 1;
  if ('B' in value && value.B !== undefined) return Buffer.from(value.B as string, 'base64').length;
  // A map or a list has three bytes, and one more per element.
  if ('M' in value && value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  if ('L' in value && value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + valueBytes(one), 3);
  if ('BOOL' in value || 'NULL' in value) return 1;
  throw new Error(`No table of ours holds such a value: ${Object.keys(value)}`);
}

/** A write costs one unit for each started kilobyte. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));

/** A strongly consistent read costs one unit for each started four kilobytes. A missing item costs one unit. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
