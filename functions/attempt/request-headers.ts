import type { TriggerSecrets } from '../adapters/secret-store.ts';
import { type Component, fingerprintOf, messageSignature } from '../core/message-signature.ts';
import type { Notification } from '../core/notification.ts';
import { signatures } from '../core/signature.ts';
import { VERSION } from '../core/version.ts';

/**
 * The headers of one attempt, signed by Standard Webhooks and by HTTP Message Signatures.
 *
 * @param attempt 1 for the first.
 * @param called The URL with the formatted string.
 * @param at Epoch milliseconds.
 */
export function requestHeaders(
  notification: Notification,
  attempt: number,
  called: string,
  { secret, replaced, headers }: TriggerSecrets,
  at: number,
): Record<string, string> {
  const { id } = notification;
  const { origin = '', pathname = '', search = '' } = URL.parse(called) ?? {};
  const target = pathname + search;
  const timestamp = Math.floor(at / 1000);
  const own = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'crm-trigger': notification.trigger,
    'crm-trigger-attempt': String(attempt),
    'crm-trigger-sequence': notification.sequence,
    ...(notification.test && { 'crm-trigger-test': 'true' }),
    ...(notification.coalesced && { 'crm-trigger-coalesced': String(notification.coalesced) }),
  };
  const base = { accept: '*/*', ...headers, 'user-agent': `crm-triggers/${VERSION}`, ...own };
  if (secret === undefined) return base;
  const secrets = [secret, ...replaced.filter(({ until }) => until > at).map((old) => old.secret)];
  const signed: Component[] = [['@method', 'GET'], ['@target-uri', origin + target], ...Object.entries(own)];
  const keys = secrets.map((one) => ({ keyid: fingerprintOf(one), secret: one }));
  return {
    ...base,
    'webhook-signature': signatures(secrets, { id, timestamp, target }),
    ...messageSignature(keys, signed, timestamp),
  };
}
