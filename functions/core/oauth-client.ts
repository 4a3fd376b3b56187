import type { OAuthClient } from './access-token.ts';
import type { Trigger } from './entity.ts';
import { type UrlPolicy, urlCheckBy } from './url-policy.ts';
import { syntaxError } from './url-syntax.ts';

/** An OAuth client as it is stored, or a validation error in one line. */
export type ParsedClient = { readonly client: OAuthClient } | { readonly rejected: string };

interface ClientRule {
  readonly field: Exclude<keyof OAuthClient, 'tokenUrl'>;
  readonly name: string;
  readonly pattern: RegExp;
  readonly maxCharacters: number;
  /** Must not contain the value, which can be a secret. */
  readonly rejection: string;
}

/** Visible ASCII and spaces between. A part of the value must not end a header. */
const visible = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const VISIBLE =
  'starts or ends with a space, or contains characters other than visible ASCII. Fix: check that it was copied as a whole';

const rules: readonly ClientRule[] = [
  { field: 'clientId', name: 'client ID', pattern: visible, maxCharacters: 512, rejection: VISIBLE },
  { field: 'clientSecret', name: 'client secret', pattern: visible, maxCharacters: 2048, rejection: VISIBLE },
  {
    field: 'scope',
    name: 'scope',
    // RFC 6749, section 3.3.
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/,
    maxCharacters: 1024,
    rejection: 'is not a list of scopes. Fix: separate them with one space, such as "read write"',
  },
  { field: 'audience', name: 'audience', pattern: visible, maxCharacters: 1024, rejection: VISIBLE },
];

/** Checks an OAuth client that an admin entered. Addresses of the host name of its token URL are not checked here. */
export function oauthClient(trigger: Trigger, entered: OAuthClient, policy: UrlPolicy): ParsedClient {
  const wrong = urlError(entered.tokenUrl, policy);
  if (wrong) return { rejected: `The token URL for ${trigger} ${wrong}.` };
  const { clientId, clientSecret, scope, audience } = entered;
  // An empty field of a form is not set.
  const optional = { ...(scope && { scope }), ...(audience && { audience }) };
  const client = { tokenUrl: new URL(entered.tokenUrl).href, clientId, clientSecret, ...optional };
  for (const { field, name, pattern, maxCharacters, rejection } of rules) {
    const value = (client as OAuthClient)[field];
    const reject = (reason: string) => ({ rejected: `The ${name} for ${trigger} ${reason}.` });
    if (value === '') return reject('is empty. Fix: enter it');
    if (value === undefined) continue;
    if (value.length > maxCharacters) return reject(`has more than ${maxCharacters} characters. Fix: shorten it`);
    if (!pattern.test(value)) return reject(rejection);
  }
  return { client };
}

/** What is wrong with a token URL, and how to fix it. */
function urlError(input: string, policy: UrlPolicy): string | undefined {
  const broken = syntaxError(input);
  if (broken) return broken;
  const url = new URL(input);
  if (url.username || url.password)
    return 'has a user name or password. Fix: enter them as client ID and client secret';
  // RFC 6749, section 3.2.
  if (url.hash) return 'has a fragment. Fix: remove # and what follows';
  return urlCheckBy(policy).target(url);
}
