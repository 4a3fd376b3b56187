import manifest from '../../package.json' with { type: 'json' };
import type { Notification } from '../core/notification.ts';

/**
 * The headers of one attempt.
 *
 * @param attempt 1 for the first.
 * @param at Epoch milliseconds.
 */
export function requestHeaders(notification: Notification, attempt: number, at: number): Record<string, string> {
  return {
    'user-agent': `crm-triggers/${manifest.version}`,
    accept: '*/*',
    'webhook-id': notification.id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'crm-trigger': notification.trigger,
    'crm-trigger-attempt': String(attempt),
    'crm-trigger-sequence': notification.sequence,
    ...(notification.test && { 'crm-trigger-test': 'true' }),
  };
}
