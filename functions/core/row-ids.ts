import type { RowValue } from './attribute-value.ts';
import { type Entity, entities } from './entity.ts';
import type { Ids } from './formatted-string.ts';
import { attributeOf, ownValue, type RowRules } from './row-rules.ts';

/** DynamoDB's limit for a partition key. It applies to every ID, also to one that is not a key. */
const MAX_ID_BYTES = 2048;

/** Reads the IDs of an entity from a row. `reason` is one line: the first ID that cannot be used, and why. */
export function readIds(
  entity: Entity,
  row: Readonly<Record<string, RowValue>>,
  rules: RowRules = {},
): { readonly ids: Ids } | { readonly reason: string } {
  const ids: Record<string, string> = {};
  for (const name of entities[entity].ids) {
    const attribute = attributeOf(name, rules);
    const id = usableId(ownValue(row, attribute), attribute === name ? name : `${name} (${attribute})`);
    if ('reason' in id) return id;
    ids[name] = id.text;
  }
  return { ids };
}

function usableId(value: RowValue | undefined, name: string): { text: string } | { reason: string } {
  if (value === undefined) return { reason: `${name} is missing` };
  const text = value?.S ?? value?.N;
  if (typeof text !== 'string') return { reason: `${name} is ${typeName(value)}; an id is a string or a number` };
  if (text === '') return { reason: `${name} is empty` };
  if (!text.isWellFormed()) return { reason: `${name} is not valid Unicode` };
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_ID_BYTES) return { reason: `${name} has ${bytes} bytes; an id has at most ${MAX_ID_BYTES}` };
  return { text };
}

const typeNames: Readonly<Record<string, string>> = {
  B: 'binary',
  BOOL: 'a boolean',
  NULL: 'null',
  L: 'a list',
  M: 'a map',
  SS: 'a set of strings',
  NS: 'a set of numbers',
  BS: 'a set of binaries',
};

function typeName(value: RowValue | null): string {
  const [type = ''] = Object.keys(value ?? {});
  return ownValue(typeNames, type) ?? 'of an unknown type';
}
