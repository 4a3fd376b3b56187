import { joinFormattedString } from '../core/destination.ts';
import type { Notification } from '../core/notification.ts';
import { type Answer, type Outcome, outcomeOf } from '../core/outcome.ts';
import type { Call } from '../edge/http.ts';
import { log } from '../edge/log.ts';
import type { Secrets } from '../edge/secrets.ts';
import { requestHeaders } from './request-headers.ts';

/** One call, and what came of it. Times are epoch milliseconds. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly answer: Answer;
  readonly startedAt: number;
  readonly endedAt: number;
}

interface AttemptParts {
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  now(): number;
}

/** Makes one attempt at a notification, signed anew. @param number 1 for its first. @param cut Cuts it off. */
export async function attempt(
  notification: Notification,
  url: string,
  number: number,
  { call, secrets, now }: AttemptParts,
  cut?: AbortSignal,
): Promise<Attempt> {
  const secret = await secrets.of(notification.trigger);
  const startedAt = now();
  const called = joinFormattedString(url, notification.formattedString);
  const headers = requestHeaders(notification, number, targetOf(called), secret, startedAt);
  const answer = await call(called, headers, cut);
  const endedAt = now();
  const outcome = outcomeOf(answer);
  const { id, trigger } = notification;
  if (outcome.kind !== 'delivered')
    log('warn', 'attempt failed', { id, trigger, attempt: number, answer: outcome.answer, ms: endedAt - startedAt });
  return { outcome, answer, startedAt, endedAt };
}

/** The request target as it is sent: what the receiver's server gives its program. */
function targetOf(url: string): string {
  const { pathname = '', search = '' } = URL.parse(url) ?? {};
  return pathname + search;
}
