import { entities, entityOf, type Trigger } from './entity.ts';
import { NOT_A_URL, NOT_HTTP, type UrlPolicy, urlCheckBy } from './url-policy.ts';

/** The URL as it is stored and called, or one line that says what is wrong and how to fix it. */
export type ParsedUrl = { readonly url: string } | { readonly rejected: string };

/** Long enough for real URLs. The request line must also hold the formatted string. */
const MAX_URL_CHARACTERS = 2048;

interface SyntaxCheck {
  readonly broken: (input: string) => boolean;
  readonly rejection: (input: string) => string;
}

// A URL parser silently drops, trims or rewrites some of these. What is kept must be what the admin meant, so they are
// rejected before the parser sees them. The order is that of the rejection that helps most.
const syntaxChecks: readonly SyntaxCheck[] = [
  { broken: (input) => input === '', rejection: () => 'is empty: set a URL such as https://example.com/hook' },
  {
    broken: (input) => input.length > MAX_URL_CHARACTERS,
    rejection: (input) => `has ${input.length} characters: shorten it to at most ${MAX_URL_CHARACTERS}`,
  },
  {
    broken: (input) => /\s/u.test(input),
    rejection: (input) =>
      `has a space or line break at character ${at(input, /\s/u)}: remove it, or write a space as %20`,
  },
  {
    broken: (input) => /\p{C}/u.test(input),
    rejection: (input) => `has an invisible or control character at character ${at(input, /\p{C}/u)}: remove it`,
  },
  {
    broken: (input) => input.includes('\\'),
    rejection: () => 'has a backslash: write / instead, or %5C if it belongs to a value',
  },
  {
    broken: (input) => !/^https?:\/\//i.test(input),
    rejection: () => NOT_HTTP,
  },
  {
    broken: (input) => /^https?:\/\/(?:[/?#]|$)/i.test(input),
    rejection: () => 'names no host: type one after the two slashes, such as https://example.com/hook',
  },
  {
    broken: (input) => /[{}]/.test(input),
    rejection: () =>
      'has a brace: IDs are appended to the URL by the system, so remove the placeholder, or write %7B and %7D if braces belong to a value',
  },
  {
    broken: (input) => /^https?:\/\/(?:[^/?#]*@)?(?:\.|[^/?#]*\.\.)/i.test(input),
    rejection: () => 'has an empty part in its host name: remove the extra dot',
  },
  {
    broken: (input) => !URL.canParse(input),
    rejection: () => NOT_A_URL,
  },
];

/**
 * Checks what an admin entered for a trigger. What a URL parser would rewrite (case of the host, IDN, non-ASCII, dots in
 * the path) is rewritten here, once; what is kept is never altered again. Where a host name leads is looked up elsewhere.
 */
export function parseTriggerUrl(trigger: Trigger, input: string, rules: UrlPolicy): ParsedUrl {
  const broken = syntaxChecks.find((rule) => rule.broken(input));
  if (broken) return { rejected: rejection(trigger, broken.rejection(input)) };
  const parsed = new URL(input);
  const rejected = urlCheckBy(rules).target(parsed);
  if (rejected) return { rejected: rejection(trigger, rejected) };
  const url = parsed.href;
  if (url.length > MAX_URL_CHARACTERS)
    return {
      rejected: `The URL for ${trigger} has ${url.length} characters once percent-encoded: shorten it to at most ${MAX_URL_CHARACTERS}.`,
    };
  const names = new Set([...namesOf(parsed.search)]);
  const clash = entities[entityOf(trigger)].ids.find((name) => names.has(name.toLowerCase()));
  if (clash)
    return {
      rejected: `The URL for ${trigger} already has ${clash} in its query: remove it, since every call adds it.`,
    };
  return { url };
}

/** @param reason What is wrong and how to fix it. */
export function rejection(trigger: Trigger, reason: string): string {
  return `The URL for ${trigger} ${reason}.`;
}

/** Joins a formatted string to the query of a kept URL, whose own query stays byte for byte; the fragment is dropped. */
export function joinFormattedString(url: string, formattedString: string): string {
  const hash = url.indexOf('#');
  const target = hash === -1 ? url : url.slice(0, hash);
  const query = target.indexOf('?');
  if (query === -1) return target + formattedString;
  // A later question mark belongs to the query.
  const open = query === target.length - 1 || target.endsWith('&');
  return target + (open ? '' : '&') + formattedString.slice(1);
}

/**
 * The names in a query as common parsers read them: PHP and Express read `AccountID[]` and `AccountID[0]` as AccountID, PHP ignores
 * leading spaces, ASP.NET ignores case, and some separate pairs with a semicolon.
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

function at(text: string, pattern: RegExp): number {
  return text.search(pattern) + 1;
}
