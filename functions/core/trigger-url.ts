import { entities, entityOf, type Trigger } from './entity.ts';
import { type DestinationRules, judgeBy, NOT_A_URL, NOT_HTTP } from './url-policy.ts';

/** The URL as it is kept and called, or one line saying what is wrong with what was typed and how to mend it. */
export type TypedUrl = { readonly url: string } | { readonly refused: string };

/** Long enough for anything that people type; what more a request line must carry is the formatted string. */
const MAX_URL_CHARACTERS = 2048;

interface SyntaxRule {
  readonly broken: (typed: string) => boolean;
  readonly refusal: (typed: string) => string;
}

// A URL parser silently drops, trims or rewrites some of these. What is kept must be what the admin meant, so they are
// refused before the parser sees them. The order is that of the refusal that helps most.
const syntaxRules: readonly SyntaxRule[] = [
  { broken: (typed) => typed === '', refusal: () => 'is empty: type a URL such as https://example.com/hook' },
  {
    broken: (typed) => typed.length > MAX_URL_CHARACTERS,
    refusal: (typed) => `has ${typed.length} characters: shorten it to at most ${MAX_URL_CHARACTERS}`,
  },
  {
    broken: (typed) => /\s/u.test(typed),
    refusal: (typed) =>
      `has a space or line break at character ${at(typed, /\s/u)}: remove it, or write a space as %20`,
  },
  {
    broken: (typed) => /\p{C}/u.test(typed),
    refusal: (typed) => `has an invisible or control character at character ${at(typed, /\p{C}/u)}: remove it`,
  },
  {
    broken: (typed) => typed.includes('\\'),
    refusal: () => 'has a backslash: write / instead, or %5C if it belongs to a value',
  },
  {
    broken: (typed) => !/^https?:\/\//i.test(typed),
    refusal: () => NOT_HTTP,
  },
  {
    broken: (typed) => /^https?:\/\/(?:[/?#]|$)/i.test(typed),
    refusal: () => 'names no host: type one after the two slashes, such as https://example.com/hook',
  },
  {
    broken: (typed) => !URL.canParse(typed),
    refusal: () => NOT_A_URL,
  },
];

/**
 * Judges what an admin typed for a trigger. What a URL parser would rewrite (case of the host, IDN, non-ASCII, dots in
 * the path) is rewritten here, once; what is kept is never altered again. Where a host name leads is looked up elsewhere.
 */
export function typedUrl(trigger: Trigger, typed: string, rules: DestinationRules): TypedUrl {
  const broken = syntaxRules.find((rule) => rule.broken(typed));
  if (broken) return { refused: refusal(trigger, broken.refusal(typed)) };
  const parsed = new URL(typed);
  const refused = judgeBy(rules).destination(parsed);
  if (refused) return { refused: refusal(trigger, refused) };
  const url = parsed.href;
  if (url.length > MAX_URL_CHARACTERS)
    return {
      refused: `The URL for ${trigger} has ${url.length} characters once percent-encoded: shorten it to at most ${MAX_URL_CHARACTERS}.`,
    };
  const clash = entities[entityOf(trigger)].ids.find((name) => parsed.searchParams.has(name));
  if (clash)
    return {
      refused: `The URL for ${trigger} already has ${clash} in its query: remove it, since every call adds it.`,
    };
  return { url };
}

/** @param reason What is wrong and how to mend it. */
export function refusal(trigger: Trigger, reason: string): string {
  return `The URL for ${trigger} ${reason}.`;
}

/** Joins a formatted string to the query of a kept URL, whose own query stays byte for byte; the fragment is dropped. */
export function joinFormattedString(url: string, formattedString: string): string {
  const hash = url.indexOf('#');
  const target = hash === -1 ? url : url.slice(0, hash);
  const query = target.indexOf('?');
  if (query === -1) return target + formattedString;
  // A question mark further on belongs to the query itself.
  const open = query === target.length - 1 || target.endsWith('&');
  return target + (open ? '' : '&') + formattedString.slice(1);
}

function at(text: string, pattern: RegExp): number {
  return text.search(pattern) + 1;
}
