import { type Entity, entities } from './entity.ts';

/** The values for an entity's ids, by the formatted string's names. */
export type Ids = Readonly<Record<string, string>>;

/**
 * Percent-encodes text as UTF-8, leaving only RFC 3986's unreserved characters (letters, digits, `-`, `.`, `_`, `~`).
 * Stricter than `encodeURIComponent`, so that no URL parser on the way has anything left to change.
 *
 * @throws {URIError} If the text has a lone surrogate and so has no UTF-8.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The string that a trigger's URL is called with: `?AccountID=a1&CaseID=c1`, names and order by entity. */
export function formattedString(entity: Entity, ids: Ids): string {
  return `?${entities[entity].ids.map((name) => `${name}=${percentEncode(ids[name] ?? '')}`).join('&')}`;
}
