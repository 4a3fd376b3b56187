import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './dynamodb-values.ts';

export type Kind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

/** The values for the evaluation of an expression. */
export interface Scope {
  readonly item: Item | undefined;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** Why DynamoDB rejects an expression. */
export class InvalidExpression extends Error {}

/** The path of an attribute or of a part of it: `#a.b[0]`. */
export type Path = readonly (string | number)[];

export interface Operand {
  readonly text: string;
  readonly path?: Path;
  readonly value?: string;
  /** Returns the value, if it exists. */
  readonly of: (scope: Scope) => AttributeValue | undefined;
}

/** A part of a condition. */
export interface Condition {
  readonly operator: string;
  readonly operands: readonly Operand[];
  readonly inner: readonly Condition[];
  readonly isMet: (scope: Scope) => boolean;
}

export interface Action {
  readonly section: 'SET' | 'REMOVE' | 'ADD' | 'DELETE';
  readonly path: Path;
  readonly operand?: Operand;
}

export interface Parsed {
  /** The placeholders of names in the expression. */
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  /** Checks that depend on the values of a request. */
  readonly checks: readonly ((scope: Scope) => void)[];
  readonly condition?: Condition;
  readonly actions?: readonly Action[];
  readonly paths?: readonly Path[];
}

export function missing(): never {
  throw new InvalidExpression('The provided expression refers to an attribute that does not exist in the item');
}

export function wrongType(): never {
  throw new InvalidExpression('An operand in the update expression has an incorrect data type');
}

/** The steps of a path without placeholders. */
export const resolve = (path: Path, names: Scope['names']): Path =>
  path.map((step) => (typeof step === 'string' && step.startsWith('#') ? (names[step] ?? step) : step));

export function valueAt(item: Item | undefined, path: Path, names: Scope['names']): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item as Record<string, AttributeValue> };
  for (const step of resolve(path, names)) {
    value = typeof step === 'number' ? value?.L?.[step] : value?.M?.[step];
    if (value === undefined) return undefined;
  }
  return value;
}
