import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

type Type = 'S' | 'N' | 'B' | 'SS' | 'NS' | 'BS' | 'M' | 'L' | 'BOOL' | 'NULL';

const types: ReadonlySet<string> = new Set<Type>(['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'BOOL', 'NULL']);
const words = { SS: 'string', NS: 'number', BS: 'binary' };

/** Why DynamoDB rejects a value. */
export class InvalidValue extends Error {}

/** A deep copy without members that are `undefined`. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Uint8Array.from(value) as T;
  if (Array.isArray(value)) return value.map(copy) as T;
  const copied: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) copied[name] = copy(member);
  }
  return copied as T;
}

/** The type of a value, and its content. */
export function content(value: AttributeValue): [Type, unknown] {
  for (const name in value) return [name as Type, (value as unknown as Record<string, unknown>)[name]];
  throw new InvalidValue('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

export const typeOf = (value: AttributeValue): Type => content(value)[0];

/** Checks a value, and writes its numbers as DynamoDB does. */
export function checkValue(value: AttributeValue, depth = 0): void {
  const names = Object.keys(value ?? {});
  const [type] = names;
  if (!type || !types.has(type))
    throw new InvalidValue('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  if (names.length > 1)
    throw new InvalidValue(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  if (depth > 32) throw new InvalidValue('Nesting Levels have exceeded supported limits');
  if (value.S !== undefined && typeof value.S !== 'string') throw new InvalidValue('STRING_VALUE cannot be converted');
  if (value.N !== undefined) value.N = normalNumber(value.N);
  if (value.NULL === false)
    throw new InvalidValue(
      'One or more parameter values were invalid: Null attribute value types must have the value of true',
    );
  if (value.NS) value.NS = value.NS.map(normalNumber);
  if (type === 'SS' || type === 'NS' || type === 'BS') checkSet(type, content(value)[1] as unknown[]);
  for (const inner of value.L ?? []) checkValue(inner, depth + 1);
  for (const inner of Object.values(value.M ?? {})) checkValue(inner, depth + 1);
}

function checkSet(type: 'SS' | 'NS' | 'BS', members: readonly unknown[]): void {
  if (members.length === 0)
    throw new InvalidValue(`One or more parameter values were invalid: An ${words[type]} set  may not be empty`);
  if (new Set(members.map(memberKey)).size < members.length)
    throw new InvalidValue(
      `One or more parameter values were invalid: Input collection [${members.join(', ')}] contains duplicates.`,
    );
}

const memberKey = (member: unknown): unknown =>
  member instanceof Uint8Array ? Buffer.from(member).toString('latin1') : member;

/** A decimal number: `digits` divided by ten to the power of `scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

function decimal(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text) ?? [];
  if (whole + fraction === '') throw new InvalidValue(`The parameter cannot be converted to a numeric value: ${text}`);
  let digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  let scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 200)
    throw new InvalidValue('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale--;
  }
  return { digits, scale };
}

function decimalText({ digits, scale }: Decimal): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  if (text.replace(/^0+|0+$/g, '').length > 38)
    throw new InvalidValue('Attempting to store more than 38 significant digits in a Number');
  const point = text.length - scale;
  return `${digits < 0n ? '-' : ''}${text.slice(0, point)}${scale > 0 ? `.${text.slice(point)}` : ''}`;
}

function normalNumber(text: string): string {
  if (typeof text === 'string' && /^(0|-?[1-9]\d{0,14})$/.test(text)) return text;
  return decimalText(decimal(String(text)));
}

/** The sum of two numbers, or the difference. */
export function added(a: string, b: string, sign: 1 | -1 = 1): string {
  const [x, y] = [decimal(a), decimal(b)];
  const scale = Math.max(x.scale, y.scale);
  const at = (d: Decimal) => d.digits * 10n ** BigInt(scale - d.scale);
  const digits = at(x) + BigInt(sign) * at(y);
  return normalNumber(decimalText({ digits, scale }));
}

function compareNumbers(a: string, b: string): number {
  if (a.length < 16 && b.length < 16) return Number(a) - Number(b);
  const difference = added(a, b, -1);
  return difference === '0' ? 0 : difference.startsWith('-') ? -1 : 1;
}

/** Strings are sorted by the bytes of their UTF-8. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  if (/[\ud800-\uffff]/.test(a + b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** Compares two values: below 0, 0 or above 0; `undefined` if they have no order. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return compareStrings(a.S, b.S);
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

export function isEqual(a: AttributeValue, b: AttributeValue): boolean {
  const order = compare(a, b);
  if (order !== undefined) return order === 0;
  const [type, one] = content(a);
  const [otherType, other] = content(b);
  if (type !== otherType) return false;
  if (type === 'SS' || type === 'NS' || type === 'BS') {
    const members = new Set((one as unknown[]).map(memberKey));
    return members.size === (other as unknown[]).length && (other as unknown[]).every((m) => members.has(memberKey(m)));
  }
  if (type === 'L') {
    const [x, y] = [one as AttributeValue[], other as AttributeValue[]];
    return x.length === y.length && x.every((member, i) => isEqual(member, y[i] as AttributeValue));
  }
  if (type === 'M') {
    const [x, y] = [one as Item, other as Item];
    return (
      Object.keys(x).length === Object.keys(y).length &&
      Object.entries(x).every(([name, member]) => y[name] !== undefined && isEqual(member, y[name]))
    );
  }
  return one === other;
}

/** Adds or removes members of a set. Returns `undefined` if no member is left. */
export function changedSet(
  before: AttributeValue | undefined,
  by: AttributeValue,
  how: 'add' | 'delete',
): AttributeValue | undefined {
  const [type, members] = content(by) as ['SS' | 'NS' | 'BS', unknown[]];
  const had = before ? (content(before)[1] as unknown[]) : [];
  const named = new Set(members.map(memberKey));
  const rest = had.filter((member) => !named.has(memberKey(member)));
  const all = how === 'add' ? [...rest, ...members] : rest;
  return all.length > 0 ? ({ [type]: all } as unknown as AttributeValue) : undefined;
}

/** The size of a value by DynamoDB's rules, in bytes. */
function valueSize(value: AttributeValue): number {
  const [type, inner] = content(value);
  const sum = <T>(all: readonly T[], size: (one: T) => number) => all.reduce((total, one) => total + size(one), 0);
  switch (type) {
    case 'S':
      return Buffer.byteLength(inner as string);
    case 'N':
      return numberSize(inner as string);
    case 'B':
      return (inner as Uint8Array).length;
    case 'SS':
      return sum(inner as string[], (one) => Buffer.byteLength(one));
    case 'NS':
      return sum(inner as string[], numberSize);
    case 'BS':
      return sum(inner as Uint8Array[], (one) => one.length);
    case 'L':
      return 3 + sum(inner as AttributeValue[], (one) => 1 + valueSize(one));
    case 'M':
      return 3 + Object.keys(inner as Item).length + itemSize(inner as Item);
    default:
      return 1;
  }
}

const numberSize = (text: string): number => Math.ceil(text.replace(/^-?0*\.?0*|\.|-/g, '').length / 2) + 1;

/** The size of an item by DynamoDB's rules, in bytes. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) size += Buffer.byteLength(name) + valueSize(item[name] as AttributeValue);
  return size;
}

/** Returns the result of `size()` in an expression. */
export function sizeOf(value: AttributeValue): number | undefined {
  const [type, inner] = content(value);
  if (type === 'S') return (inner as string).length;
  if (type === 'M') return Object.keys(inner as Item).length;
  return type === 'B' || type === 'L' || type.length === 2 ? (inner as { length: number }).length : undefined;
}
