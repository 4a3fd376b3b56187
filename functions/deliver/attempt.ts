import { joinFormattedString } from '../core/destination.ts';
import type { Notification } from '../core/notification.ts';
import { type Answer, type Outcome, outcomeOf } from '../core/outcome.ts';
import type { Call } from '../edge/http.ts';
import { log } from '../edge/log.ts';
import { requestHeaders } from './request-headers.ts';

/** One call, and what came of it. Times are epoch milliseconds. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly answer: Answer;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Makes one attempt at a notification. @param number 1 for its first. @param cut Cuts it off. */
export async function attempt(
  notification: Notification,
  url: string,
  number: number,
  { call, now }: { readonly call: Call; now(): number },
  cut?: AbortSignal,
): Promise<Attempt> {
  const startedAt = now();
  const headers = requestHeaders(notification, number, startedAt);
  const answer = await call(joinFormattedString(url, notification.formattedString), headers, cut);
  const endedAt = now();
  const outcome = outcomeOf(answer);
  const { id, trigger } = notification;
  if (outcome.kind !== 'delivered')
    log('warn', 'attempt failed', { id, trigger, attempt: number, answer: outcome.answer, ms: endedAt - startedAt });
  return { outcome, answer, startedAt, endedAt };
}
