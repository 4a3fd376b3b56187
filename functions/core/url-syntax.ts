import { NOT_A_URL, NOT_HTTP } from './url-policy.ts';

/** A limit for URLs. The request line must also contain the formatted string. */
export const MAX_URL_CHARACTERS = 2048;

interface SyntaxCheck {
  readonly broken: (input: string) => boolean;
  readonly rejection: (input: string) => string;
}

// A URL parser silently drops, trims or rewrites some of these characters. They are rejected before parsing, so the
// stored URL is the one that the admin meant. The first check that fails gives the most helpful message.
const syntaxChecks: readonly SyntaxCheck[] = [
  { broken: (input) => input === '', rejection: () => 'is empty. Fix: set a URL such as https://example.com/hook' },
  {
    broken: (input) => input.length > MAX_URL_CHARACTERS,
    rejection: (input) => `has ${input.length} characters. Fix: shorten it to at most ${MAX_URL_CHARACTERS}`,
  },
  {
    broken: (input) => /\s/u.test(input),
    rejection: (input) =>
      `has a space or line break at character ${at(input, /\s/u)}. Fix: remove it, or write a space as %20`,
  },
  {
    broken: (input) => /\p{C}/u.test(input),
    rejection: (input) => `has an invisible or control character at character ${at(input, /\p{C}/u)}. Fix: remove it`,
  },
  {
    broken: (input) => input.includes('\\'),
    rejection: () => 'has a backslash. Fix: write /, or %5C if the backslash belongs to a value',
  },
  {
    broken: (input) => !/^https?:\/\//i.test(input),
    rejection: () => NOT_HTTP,
  },
  {
    broken: (input) => /^https?:\/\/(?:[/?#]|$)/i.test(input),
    rejection: () => 'has no host. Fix: add one after the two slashes, such as https://example.com/hook',
  },
  {
    broken: (input) => /[{}]/.test(input),
    rejection: () =>
      'has a brace, but the system appends IDs to the URL by itself. Fix: remove the placeholder, or write %7B and %7D if the braces belong to a value',
  },
  {
    broken: (input) => /^https?:\/\/(?:[^/?#]*@)?(?:\.|[^/?#]*\.\.)/i.test(input),
    rejection: () => 'has an empty part in its host name. Fix: remove the extra dot',
  },
  {
    broken: (input) => !URL.canParse(input),
    rejection: () => NOT_A_URL,
  },
];

/** Returns the error in a URL's syntax and its fix; `undefined` if a URL parser accepts the URL without guesses. */
export function syntaxError(input: string): string | undefined {
  return syntaxChecks.find(({ broken }) => broken(input))?.rejection(input);
}

function at(text: string, pattern: RegExp): number {
  return text.search(pattern) + 1;
}
