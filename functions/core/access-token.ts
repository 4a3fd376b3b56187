import type { CallResult, Outcome } from './outcome.ts';

/** What a trigger sends to a token endpoint to get access tokens (OAuth 2.0 client credentials, RFC 6749, section 4.4). */
export interface OAuthClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** Some authorization servers need it to choose the API for which a token is valid. */
  readonly audience?: string | undefined;
}

/** An access token, and how long it may be used again. */
export interface AccessToken {
  readonly token: string;
  readonly seconds: number;
}

/** The headers and the form of a token request. */
export function tokenRequest({ clientId, clientSecret, scope, audience }: OAuthClient) {
  // RFC 6749, section 2.3.1: both are encoded as in a form, so that a colon in the ID does not end it.
  const basic = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64');
  const form = { grant_type: 'client_credentials', ...(scope && { scope }), ...(audience && { audience }) };
  const headers = {
    accept: 'application/json',
    authorization: `Basic ${basic}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  return { headers, form: String(new URLSearchParams(form)) };
}

const formEncoded = (text: string) => String(new URLSearchParams({ '': text })).slice(1);

/** Without `expires_in`, a token is used for this long. */
const USUAL_SECONDS = 60;

/** A token is not used in its last seconds, because a call takes time and clocks differ. */
const MARGIN_SECONDS = 30;

/** A token is requested again at least this often. */
const MAX_SECONDS = 60 * 60;

/** A token as a header can carry it. Other characters could end the header. */
const usableToken = /^[\x21-\x7e]+$/;

/** The error codes of RFC 6749, section 5.2. Another text of the response is not shown: it can contain secrets. */
const errorCodes: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

interface TokenRule {
  readonly from: number;
  readonly to: number;
  readonly kind: Outcome['kind'];
  /** The rule applies only to responses with a `Retry-After` header. */
  readonly needsRetryAfter?: true;
}

/**
 * How a response of the token endpoint without a token counts for the attempt. The first rule that matches applies. What only an
 * admin can fix parks the trigger at once, like a URL that is not allowed: no notification can be delivered meanwhile.
 */
const rules: readonly TokenRule[] = [
  { from: 408, to: 408, kind: 'failed' },
  { from: 429, to: 429, kind: 'throttled' },
  { from: 300, to: 499, kind: 'blocked' },
  { from: 503, to: 503, kind: 'throttled', needsRetryAfter: true },
  { from: 529, to: 529, kind: 'throttled', needsRetryAfter: true },
  { from: 0, to: Number.POSITIVE_INFINITY, kind: 'failed' },
];

/** Reads the response of a token endpoint: the token, or the outcome of the attempt that needs it. */
export function tokenOf(result: CallResult): AccessToken | { readonly outcome: Outcome } {
  if ('outcome' in result) return result;
  if ('blocked' in result) return failed('blocked', `the token endpoint ${result.blocked}`);
  if ('failure' in result) return failed('failed', `token endpoint: ${result.failure}`);
  const { status, retryAfter, body } = result;
  const { access_token: token, token_type: type, expires_in: lifetime, error } = fieldsOf(body);
  if (status < 200 || status > 299) {
    const matches = ({ from, to, needsRetryAfter }: TokenRule) =>
      status >= from && status <= to && (!needsRetryAfter || retryAfter !== undefined);
    const { kind } = rules.find(matches) as TokenRule;
    const code = errorCodes.has(error) ? ` (${error})` : '';
    return failed(kind, `token endpoint responded with HTTP ${status}${code}`, retryAfter);
  }
  if (typeof token !== 'string' || !usableToken.test(token))
    return failed('failed', 'token endpoint sent no usable token');
  if (type !== undefined && !/^bearer$/i.test(String(type)))
    return failed('failed', 'token endpoint sent a token that is not of the type Bearer');
  return { token, seconds: usableSeconds(lifetime) };
}

function failed(kind: Outcome['kind'], response: string, retryAfter?: string): { readonly outcome: Outcome } {
  return { outcome: { kind, response, ...(kind !== 'blocked' && retryAfter !== undefined && { retryAfter }) } };
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}

/** @param lifetime Seconds. Some servers send them as text. */
function usableSeconds(lifetime: unknown): number {
  const seconds = lifetime === undefined || lifetime === null || lifetime === '' ? USUAL_SECONDS : Number(lifetime);
  if (Number.isNaN(seconds)) return usableSeconds(undefined);
  const capped = Math.min(Math.max(0, seconds), MAX_SECONDS);
  return capped - Math.min(MARGIN_SECONDS, capped / 2);
}
