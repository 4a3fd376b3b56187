// table row → change → notification → attempt → [outcome]

/** The receiver's response, or why there was no response. */
export type CallResult =
  | {
      readonly status: number;
      /** The response's `Retry-After` header, as sent. */
      readonly retryAfter?: string;
      /** The beginning of the response, as text. */
      readonly body: string;
    }
  /** One line without the URL: `connection refused`, `no response within 10 s`. */
  | { readonly failure: string }
  /** Not called, since this deployment does not call such a URL: why, in one line without it. */
  | { readonly blocked: string };

export const outcomeKinds = ['delivered', 'failed', 'throttled', 'gone', 'blocked'] as const;

/** The result of an attempt; `response` says it in words. */
export interface Outcome {
  /** `throttled`: the receiver asks for fewer calls. `gone`: it asks not to be called again. `blocked`: it may not be called. */
  readonly kind: (typeof outcomeKinds)[number];
  readonly response: string;
  readonly retryAfter?: string;
}

interface StatusRule {
  readonly from: number;
  readonly to: number;
  readonly kind: Outcome['kind'];
  /** Only with a `Retry-After` header. */
  readonly needsRetryAfter?: true;
  readonly note?: string;
}

/** Only 2xx is success: a redirect is never followed, and an error page is an error. The first that fits counts. */
const rules: readonly StatusRule[] = [
  { from: 200, to: 299, kind: 'delivered' },
  { from: 300, to: 399, kind: 'failed', note: 'redirects are not followed' },
  { from: 410, to: 410, kind: 'gone' },
  { from: 429, to: 429, kind: 'throttled' },
  { from: 503, to: 503, kind: 'throttled', needsRetryAfter: true },
  { from: 529, to: 529, kind: 'throttled', needsRetryAfter: true },
  { from: 0, to: Number.POSITIVE_INFINITY, kind: 'failed' },
];

export function outcomeOf(response: CallResult): Outcome {
  if ('blocked' in response) return { kind: 'blocked', response: response.blocked };
  if ('failure' in response) return { kind: 'failed', response: response.failure };
  const { status, retryAfter } = response;
  const fits = ({ from, to, needsRetryAfter }: StatusRule) =>
    status >= from && status <= to && (!needsRetryAfter || retryAfter !== undefined);
  const { kind, note } = rules.find(fits) as StatusRule;
  const words = note ? `HTTP ${status} (${note})` : `HTTP ${status}`;
  return {
    kind,
    response: words,
    ...((kind === 'failed' || kind === 'throttled') && retryAfter !== undefined && { retryAfter }),
  };
}
