// table row → change → notification → attempt → [outcome]

/** The receiver's response, or the reason why there is none. */
export type CallResult =
  | {
      readonly status: number;
      /** The response's `Retry-After` header, as sent. */
      readonly retryAfter?: string;
      /** The headers for the log, as lines. Absent: the response has none of them. */
      readonly headers?: string;
      /** The beginning of the response, as text. */
      readonly body: string;
    }
  /** The call failed. One line without the URL: `connection refused`, `no response within 10 s`. */
  | { readonly failure: string }
  /** No call was made, because the settings do not allow the URL. One line without the URL. */
  | { readonly blocked: string }
  /** No call was made, because an earlier step of the attempt failed. */
  | { readonly outcome: Outcome };

export const outcomeKinds = ['delivered', 'failed', 'throttled', 'gone', 'blocked'] as const;

/** The result of an attempt. `response` describes it. */
export interface Outcome {
  /**
   * - `throttled`: the receiver requests fewer calls.
   * - `gone`: the receiver requests no more calls.
   * - `blocked`: the settings do not allow the URL.
   */
  readonly kind: (typeof outcomeKinds)[number];
  readonly response: string;
  readonly retryAfter?: string;
}

interface StatusRule {
  readonly from: number;
  readonly to: number;
  readonly kind: Outcome['kind'];
  /** The rule applies only to responses with a `Retry-After` header. */
  readonly needsRetryAfter?: true;
  readonly note?: string;
}

/** The first rule that matches applies. Only 2xx is a success; redirects are not followed. */
const rules: readonly StatusRule[] = [
  { from: 200, to: 299, kind: 'delivered' },
  { from: 300, to: 399, kind: 'failed', note: 'redirects are not followed' },
  { from: 410, to: 410, kind: 'gone' },
  { from: 429, to: 429, kind: 'throttled' },
  { from: 503, to: 503, kind: 'throttled', needsRetryAfter: true },
  { from: 529, to: 529, kind: 'throttled', needsRetryAfter: true },
  { from: 0, to: Number.POSITIVE_INFINITY, kind: 'failed' },
];

export function outcomeOf(result: CallResult): Outcome {
  if ('outcome' in result) return result.outcome;
  if ('blocked' in result) return { kind: 'blocked', response: result.blocked };
  if ('failure' in result) return { kind: 'failed', response: result.failure };
  const { status, retryAfter } = result;
  const matches = ({ from, to, needsRetryAfter }: StatusRule) =>
    status >= from && status <= to && (!needsRetryAfter || retryAfter !== undefined);
  const { kind, note } = rules.find(matches) as StatusRule;
  return {
    kind,
    response: note ? `HTTP ${status} (${note})` : `HTTP ${status}`,
    ...((kind === 'failed' || kind === 'throttled') && retryAfter !== undefined && { retryAfter }),
  };
}
