import type { Credentials } from '../adapters/credentials-call.ts';
import type { Call } from '../adapters/http-call.ts';
import { log } from '../adapters/logger.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { Secrets, TriggerSecrets } from '../adapters/secret-store.ts';
import type { Trigger } from '../core/entity.ts';
import { beginningOf } from '../core/log-entry.ts';
import type { Notification } from '../core/notification.ts';
import { type CallResult, type Outcome, outcomeOf } from '../core/outcome.ts';
import { joinFormattedString } from '../core/trigger-url.ts';
import type { AttemptLog } from './attempt-log.ts';
import { requestHeaders } from './request-headers.ts';

/** One call and its result. Times are epoch milliseconds. */
export interface Attempt {
  readonly outcome: Outcome;
  /** The beginning of the response. */
  readonly body: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

interface AttemptDeps {
  readonly metrics: Pick<MetricsDeps['metrics'], 'add'>;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  readonly noted: Pick<AttemptLog, 'note'>;
  now(): number;
}

/**
 * Makes one attempt at a notification with a new signature, measures it, and adds it to the delivery log.
 *
 * @param number 1 for the first attempt.
 * @param cut Aborts the attempt.
 */
export async function attempt(
  notification: Notification,
  url: string,
  number: number,
  deps: AttemptDeps,
  cut?: AbortSignal,
): Promise<Attempt> {
  const secret = await deps.secrets.of(notification.trigger);
  const startedAt = deps.now();
  const called = joinFormattedString(url, notification.formattedString);
  const headers = requestHeaders(notification, number, called, secret, startedAt);
  const response = await deps.call(called, headers, cut, credentialsOf(notification.trigger, secret));
  return measured(notification, number, response, startedAt, deps);
}

function measured(
  notification: Notification,
  number: number,
  response: CallResult,
  startedAt: number,
  { noted, metrics, now }: AttemptDeps,
): Attempt {
  const endedAt = now();
  const outcome = outcomeOf(response);
  const body = 'body' in response ? beginningOf(response.body) : '';
  const { id, trigger, formattedString, changedAt, test, redelivered } = notification;
  const milliseconds = endedAt - startedAt;
  if (outcome.kind !== 'delivered')
    log('warn', 'attempt failed', { id, trigger, attempt: number, response: outcome.response, ms: milliseconds });
  if (!test) {
    metrics.add('attempt', trigger, milliseconds);
    if (outcome.kind === 'blocked') metrics.add('blocked', trigger);
    if (outcome.kind === 'delivered') {
      metrics.add('delivered', trigger);
      // The age of a redelivered notification includes the time until a person redelivered it.
      if (redelivered === undefined) metrics.add('delay', trigger, Math.max(0, endedAt - changedAt));
    }
  }
  noted.note({
    at: startedAt,
    trigger,
    id,
    formattedString,
    attempt: number,
    outcome: outcome.kind,
    response: outcome.response,
    milliseconds,
    ...(body && { body }),
    ...('headers' in response && { headers: response.headers }),
    ...(test && { test }),
    ...(redelivered !== undefined && { redelivered: true }),
  });
  return { outcome, body, startedAt, endedAt };
}

/** A trigger without credentials has none of the steps that they need. */
function credentialsOf(trigger: Trigger, { oauth, certificate }: TriggerSecrets): Credentials | undefined {
  return oauth || certificate ? { trigger, oauth, certificate } : undefined;
}
