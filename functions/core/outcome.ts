// table row → change → notification → attempt → [outcome]

/** What a receiver answered, or why there was no answer. */
export type Answer =
  | {
      readonly status: number;
      /** The response's `Retry-After` header, as sent. */
      readonly retryAfter?: string;
      /** The beginning of the response, as text. */
      readonly body: string;
    }
  /** One line without the URL: `connection refused`, `no answer within 10 s`. */
  | { readonly failure: string };

/** What came of an attempt. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly answer: string }
  | { readonly kind: 'retry'; readonly answer: string; readonly retryAfter?: string };

/** Only 2xx is success: a redirect is never followed, and an error page is an error. */
export function outcomeOf(answer: Answer): Outcome {
  if ('failure' in answer) return { kind: 'retry', answer: answer.failure };
  if (answer.status >= 200 && answer.status <= 299) return { kind: 'delivered', answer: `HTTP ${answer.status}` };
  return {
    kind: 'retry',
    answer: `HTTP ${answer.status}${answer.status >= 300 && answer.status <= 399 ? ' (redirects are not followed)' : ''}`,
    ...(answer.retryAfter !== undefined && { retryAfter: answer.retryAfter }),
  };
}
