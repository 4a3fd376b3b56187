import * as z from 'zod/mini';
import { isSameValue } from './attribute-value.ts';

const attribute = z.string().check(z.minLength(1));

/** How the rows of an entity are read. All fields are optional. */
export const rowRules = z.object({
  /** The attributes that hold the ids, by the names of the formatted string. Default: the name of the id. */
  names: z.optional(z.record(z.string(), attribute)),
  /** An edit that changes no other attributes makes no call. */
  ignore: z.optional(z.array(attribute)),
  /** A write that changes this attribute is suppressed: a receiver made it. */
  silencedBy: z.optional(attribute),
});

export type RowRules = Readonly<z.output<typeof rowRules>>;

type Row = Readonly<Record<string, unknown>>;

/** The attribute that holds an id. */
export function attributeOf(id: string, { names }: RowRules): string {
  return names?.[id] ?? id;
}

/** Global tables of version 2017.11.29 add these attributes to each replicated row, with a separate write. */
const REPLICATION = 'aws:rep:';

/**
 * Whether a row is the same before and after, without ignored attributes and those of replication. False when the
 * stream has only one of the two.
 */
export function isSameBut(
  ignored: readonly string[],
  before: Row | null | undefined,
  after: Row | null | undefined,
): boolean {
  if (!before || !after) return false;
  const all = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of ignored) all.delete(name);
  return [...all].every(
    (name) => name.startsWith(REPLICATION) || isSameValue(ownValue(before, name), ownValue(after, name)),
  );
}

/** Whether a write changed nothing but attributes of replication. */
export function isReplication(before: Row | null | undefined, after: Row | null | undefined): boolean {
  const isMade = [before, after].some((row) => Object.keys(row ?? {}).some((name) => name.startsWith(REPLICATION)));
  return isMade && isSameBut([], before, after);
}

/** Whether this write set the value of an attribute. An older value does not mark the write. */
export function isMarked(attribute: string, before: Row | null | undefined, after: Row | null | undefined): boolean {
  const value = ownValue(after, attribute);
  return value !== undefined && !isSameValue(value, ownValue(before, attribute));
}

/** An attribute of a row. Names that every object has, such as `constructor`, are attributes only where the row has them. */
export function ownValue<Value>(row: Readonly<Record<string, Value>> | null | undefined, name: string) {
  return row && Object.hasOwn(row, name) ? row[name] : undefined;
}
