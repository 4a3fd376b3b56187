import { asText, type RowValue } from './attribute-value.ts';
import type { Entity } from './entity.ts';
import { sha256 } from './sha256.ts';

/**
 * An opaque hash of a row's key, 64 hexadecimal digits. Rows of different tables never share a hash, and the order in
 * which the key's attributes are listed does not matter. A stream record and a read of the table give the same hash:
 * binary is hashed as base64, and DynamoDB returns each number in one form (without leading and trailing zeros).
 */
export function recordHash(entity: Entity, keys: Readonly<Record<string, RowValue>>): string {
  const names = Object.keys(keys).sort();
  return sha256(JSON.stringify([entity, ...names.map((name) => [name, hashedForm(keys[name])])]));
}

function hashedForm(value: RowValue | undefined): unknown {
  return value?.B instanceof Uint8Array ? { B: asText(value.B) } : value;
}
