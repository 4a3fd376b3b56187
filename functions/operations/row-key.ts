import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Converts a row's key between DynamoDB's form and JSON. In JSON, bytes are base64, as in a stream record. */

type Key = Record<string, AttributeValue>;
type KeyInJson = Readonly<Record<string, { readonly S?: string; readonly N?: string; readonly B?: string }>>;

export function keyFromJson(stored: object): Key {
  const entries = Object.entries(stored as KeyInJson).map(([name, { B, ...value }]) => [
    name,
    B === undefined ? value : { B: Buffer.from(B, 'base64') },
  ]);
  return Object.fromEntries(entries);
}

export function keyToJson(key: Key): KeyInJson {
  const entries = Object.entries(key).map(([name, value]) => [
    name,
    value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') },
  ]);
  return Object.fromEntries(entries);
}
