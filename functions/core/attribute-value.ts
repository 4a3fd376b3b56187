import { isDeepStrictEqual } from 'node:util';

/**
 * Binary as base64 text, which is how a stream record holds it. A read of the table by the SDK gives bytes. Anything else is
 * returned unchanged.
 */
export function asText(binary: unknown): unknown {
  if (!(binary instanceof Uint8Array)) return binary;
  return Buffer.from(binary.buffer, binary.byteOffset, binary.byteLength).toString('base64');
}

/**
 * Whether two values of an attribute are equal. Sets have no order, and binary may be base64 text or bytes. Numbers are
 * compared as text: DynamoDB stores each number in one form. Takes linear time.
 */
export function isSameValue(one: unknown, other: unknown): boolean {
  const [type, value] = typeAndValue(one);
  const [otherType, otherValue] = typeAndValue(other);
  if (type === undefined || type !== otherType) return isDeepStrictEqual(one, other);
  if (type === 'B') return isDeepStrictEqual(asText(value), asText(otherValue));
  if (type === 'M' && isObject(value) && isObject(otherValue)) return isSameMap(value, otherValue);
  if (!Array.isArray(value) || !Array.isArray(otherValue)) return isDeepStrictEqual(value, otherValue);
  if (type === 'L')
    return value.length === otherValue.length && value.every((item, i) => isSameValue(item, otherValue[i]));
  if (type === 'SS' || type === 'NS' || type === 'BS') return isSameSet(value, otherValue);
  return isDeepStrictEqual(value, otherValue);
}

/** `{ S: 'x' }` has the type S. A value without exactly one type is no attribute value. */
function typeAndValue(value: unknown): [type?: string, value?: unknown] {
  if (!isObject(value)) return [];
  const [entry, ...more] = Object.entries(value);
  return entry && more.length === 0 ? entry : [];
}

function isSameMap(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isSameValue(one[name], other[name]));
}

function isSameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  if (isDeepStrictEqual(one, other)) return true;
  const elements = new Set(one.map(asText));
  const others = new Set(other.map(asText));
  return elements.size === others.size && [...elements].every((element) => others.has(element));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
