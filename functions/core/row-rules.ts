import * as z from 'zod/mini';
import { isSameValue } from './attribute-value.ts';

const attribute = z.string().check(z.minLength(1));

/** The rules for reading the rows of an entity. All fields are optional. */
export const rowRules = z.object({
  /** The attributes that contain the IDs, by the names in the formatted string. Default: the ID's own name. */
  names: z.optional(z.record(z.string(), attribute)),
  /** An edit that changes only these attributes makes no call. */
  ignore: z.optional(z.array(attribute)),
  /** A write that changes this attribute is suppressed, because a receiver made it. */
  silencedBy: z.optional(attribute),
});

export type RowRules = Readonly<z.output<typeof rowRules>>;

type Row = Readonly<Record<string, unknown>>;

/** The attribute that contains an ID. */
export function attributeOf(id: string, { names }: RowRules): string {
  return names?.[id] ?? id;
}

/** Prefix of attributes that global tables of version 2017.11.29 add to each replicated row in a separate write. */
const REPLICATION = 'aws:rep:';

/**
 * Returns whether a row is the same before and after, except for ignored attributes and those of replication. Returns
 * false if the stream has only one of the two rows.
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

/** Returns whether a write changed only attributes of replication. */
export function isReplication(before: Row | null | undefined, after: Row | null | undefined): boolean {
  const isReplicated = [before, after].some((row) =>
    Object.keys(row ?? {}).some((name) => name.startsWith(REPLICATION)),
  );
  return isReplicated && isSameBut([], before, after);
}

/** Returns whether this write changed the value of an attribute. An older value does not mark the write. */
export function isMarked(attribute: string, before: Row | null | undefined, after: Row | null | undefined): boolean {
  const value = ownValue(after, attribute);
  return value !== undefined && !isSameValue(value, ownValue(before, attribute));
}

/** Reads an attribute of a row. Ignores names that every object inherits, such as `constructor`. */
export function ownValue<Value>(row: Readonly<Record<string, Value>> | null | undefined, name: string) {
  return row && Object.hasOwn(row, name) ? row[name] : undefined;
}
