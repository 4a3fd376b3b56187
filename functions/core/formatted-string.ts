import { type Entity, entities } from './entity.ts';

/** The IDs of an entity's row, by their names in the formatted string. */
export type Ids = Readonly<Record<string, string>>;

/**
 * Percent-encodes text as UTF-8, except RFC 3986's unreserved characters (letters, digits, `-`, `.`, `_`, `~`). It
 * encodes more than `encodeURIComponent`, so no URL parser changes the result.
 *
 * @throws {URIError} If the text contains a lone surrogate, which UTF-8 cannot encode.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The string that is appended to a trigger's URL: `?AccountID=a1&CaseID=c1`. The entity defines names and order. */
export function formattedString(entity: Entity, ids: Ids): string {
  return `?${entities[entity].ids.map((name) => `${name}=${percentEncode(ids[name] ?? '')}`).join('&')}`;
}
