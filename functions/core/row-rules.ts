import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';

const attribute = z.string().check(z.minLength(1));

/** What a deployment says of an entity's rows. With none of it a row is read as it is. */
export const rowRules = z.object({
  /** The attributes that hold the ids, by the formatted string's names; one that is not here has the id's own name. */
  names: z.optional(z.record(z.string(), attribute)),
  /** An edit that changes no other attributes calls nobody. */
  ignore: z.optional(z.array(attribute)),
  /** A write that gives this attribute another value is silenced: it is a receiver's own. */
  silencedBy: z.optional(attribute),
});

export type RowRules = Readonly<z.output<typeof rowRules>>;

type Row = Readonly<Record<string, unknown>>;

/** The attribute that holds an id. */
export function attributeOf(id: string, { names }: RowRules): string {
  return names?.[id] ?? id;
}

/** Whether a row is the same before and after, but for attributes that do not count. Of a row not seen twice nobody can tell. */
export function isSameBut(ignored: readonly string[], before: Row | undefined, after: Row | undefined): boolean {
  if (!before || !after) return false;
  const all = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of ignored) all.delete(name);
  return [...all].every((name) => isDeepStrictEqual(before[name], after[name]));
}

/** Whether this very write gave an attribute its value: one that was there before marks nothing. */
export function isMarked(attribute: string, before: Row | undefined, after: Row | undefined): boolean {
  const value = after?.[attribute];
  return value !== undefined && !isDeepStrictEqual(value, before?.[attribute]);
}
