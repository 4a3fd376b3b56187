import type { TriggerSecrets } from '../adapters/secret-store.ts';
import type { Notification } from '../core/notification.ts';
import { signatures } from '../core/signature.ts';
import { VERSION } from '../core/version.ts';

/**
 * The headers of one attempt.
 *
 * @param attempt 1 for the first.
 * @param target The request target: path and query.
 * @param at Epoch milliseconds.
 */
export function requestHeaders(
  notification: Notification,
  attempt: number,
  target: string,
  { secret, replaced, headers }: TriggerSecrets,
  at: number,
): Record<string, string> {
  const { id } = notification;
  const timestamp = Math.floor(at / 1000);
  const old = replaced.filter(({ until }) => until > at).map((one) => one.secret);
  return {
    accept: '*/*',
    ...headers,
    'user-agent': `crm-triggers/${VERSION}`,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(secret && { 'webhook-signature': signatures([secret, ...old], { id, timestamp, target }) }),
    'crm-trigger': notification.trigger,
    'crm-trigger-attempt': String(attempt),
    'crm-trigger-sequence': notification.sequence,
    ...(notification.test && { 'crm-trigger-test': 'true' }),
  };
}
