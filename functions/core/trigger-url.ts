import { entities, entityOf, type Trigger } from './entity.ts';
import { type UrlPolicy, urlCheckBy } from './url-policy.ts';
import { MAX_URL_CHARACTERS, syntaxError } from './url-syntax.ts';

/** The URL that is stored and called, or a validation error in one line. */
export type ParsedUrl = { readonly url: string } | { readonly rejected: string };

/**
 * Checks the URL that an admin entered for a trigger. A URL parser rewrites some URLs (host in capitals, IDN, non-ASCII
 * characters, dots in the path). That happens once, here; the stored URL never changes again. Addresses of a host name
 * are not checked here.
 */
export function parseTriggerUrl(trigger: Trigger, input: string, policy: UrlPolicy): ParsedUrl {
  const reject = (reason: string) => ({ rejected: rejection(trigger, reason) });
  const broken = syntaxError(input);
  if (broken) return reject(broken);
  const parsed = new URL(input);
  const disallowed = urlCheckBy(policy).target(parsed);
  if (disallowed) return reject(disallowed);
  const url = parsed.href;
  if (url.length > MAX_URL_CHARACTERS)
    return reject(
      `has ${url.length} characters once percent-encoded. Fix: shorten it to at most ${MAX_URL_CHARACTERS}`,
    );
  const names = new Set(namesOf(parsed.search));
  const clash = entities[entityOf(trigger)].ids.find((name) => names.has(name.toLowerCase()));
  if (clash) return reject(`already has ${clash} in its query. Fix: remove it, because every call adds it`);
  return { url };
}

/** @param reason The error and its fix, without a period at the end. */
export function rejection(trigger: Trigger, reason: string): string {
  return `The URL for ${trigger} ${reason}.`;
}

/** Appends a formatted string to the query of a stored URL. The URL's own query does not change; its fragment is dropped. */
export function joinFormattedString(url: string, formattedString: string): string {
  const hash = url.indexOf('#');
  const target = hash === -1 ? url : url.slice(0, hash);
  const query = target.indexOf('?');
  if (query === -1) return target + formattedString;
  // A second question mark belongs to the query.
  const open = query === target.length - 1 || target.endsWith('&');
  return target + (open ? '' : '&') + formattedString.slice(1);
}

/**
 * The names in a query, in lower case, as common parsers read them. PHP and Express read `AccountID[]` and `AccountID[0]`
 * as AccountID, PHP ignores leading spaces, ASP.NET ignores case, and some parsers separate pairs with a semicolon.
 */
function namesOf(query: string): string[] {
  return query
    .replace(/^\?/, '')
    .split(/[&;]/)
    .flatMap((pair) => [...new URLSearchParams(pair).keys()])
    .map((name) =>
      (
        name
          .trim()
          .replace(/^\[/, '')
          .split(/[[\]\0]/)[0] ?? ''
      )
        .trim()
        .toLowerCase(),
    );
}
