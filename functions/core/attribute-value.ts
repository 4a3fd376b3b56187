import { isDeepStrictEqual } from 'node:util';

/** A value of a row, from a stream record or from a read of the table. */
export type RowValue = {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: string | Uint8Array | undefined;
};

/**
 * Converts bytes to base64 text and returns any other value unchanged. A stream record contains binary as base64; the
 * SDK returns bytes when it reads a table.
 */
export function asText(binary: unknown): unknown {
  if (!(binary instanceof Uint8Array)) return binary;
  return Buffer.from(binary.buffer, binary.byteOffset, binary.byteLength).toString('base64');
}

/**
 * Returns whether two attribute values are equal, in linear time. The order of a set does not matter. Binary can be
 * base64 text or bytes. Numbers are compared as text because DynamoDB stores each number in one form.
 */
export function isSameValue(first: unknown, second: unknown): boolean {
  const [type, value] = typeAndValue(first);
  const [secondType, secondValue] = typeAndValue(second);
  if (type === undefined || type !== secondType) return isDeepStrictEqual(first, second);
  if (type === 'B') return isDeepStrictEqual(asText(value), asText(secondValue));
  if (type === 'M' && isObject(value) && isObject(secondValue)) return isSameMap(value, secondValue);
  if (!Array.isArray(value) || !Array.isArray(secondValue)) return isDeepStrictEqual(value, secondValue);
  if (type === 'L')
    return value.length === secondValue.length && value.every((item, i) => isSameValue(item, secondValue[i]));
  if (type === 'SS' || type === 'NS' || type === 'BS') return isSameSet(value, secondValue);
  return isDeepStrictEqual(value, secondValue);
}

/** Returns `['S', 'x']` for `{ S: 'x' }`, and `[]` for a value that does not have exactly one type. */
function typeAndValue(value: unknown): [type?: string, value?: unknown] {
  if (!isObject(value)) return [];
  const [entry, ...more] = Object.entries(value);
  return entry && more.length === 0 ? entry : [];
}

function isSameMap(first: Record<string, unknown>, second: Record<string, unknown>): boolean {
  const names = Object.keys(first);
  if (names.length !== Object.keys(second).length) return false;
  return names.every((name) => Object.hasOwn(second, name) && isSameValue(first[name], second[name]));
}

function isSameSet(first: readonly unknown[], second: readonly unknown[]): boolean {
  if (first.length !== second.length) return false;
  if (isDeepStrictEqual(first, second)) return true;
  const elements = new Set(first.map(asText));
  const secondElements = new Set(second.map(asText));
  return elements.size === secondElements.size && [...elements].every((element) => secondElements.has(element));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
