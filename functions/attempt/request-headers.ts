import type { TriggerSecrets } from '../adapters/secret-store.ts';
import { fingerprintOf, messageSignature } from '../core/message-signature.ts';
import type { Notification } from '../core/notification.ts';
import { signatures } from '../core/signature.ts';
import { VERSION } from '../core/version.ts';

const AGENT = `crm-triggers/${VERSION}`;

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
  const { id, trigger, sequence, test, coalesced } = notification;
  const timestamp = Math.floor(at / 1000);
  const own: Record<string, string> = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'crm-trigger': trigger,
    'crm-trigger-attempt': String(attempt),
    'crm-trigger-sequence': sequence,
  };
  if (test) own['crm-trigger-test'] = 'true';
  if (coalesced) own['crm-trigger-coalesced'] = String(coalesced);
  const all: Record<string, string> = { accept: '*/*', ...headers, 'user-agent': AGENT, ...own };
  if (secret === undefined) return all;
  const { origin = '', pathname = '', search = '' } = URL.parse(called) ?? {};
  const target = pathname + search;
  const secrets = [secret, ...replaced.filter(({ until }) => until > at).map((old) => old.secret)];
  const keys = secrets.map((one) => ({ keyid: fingerprintOf(one), secret: one }));
  const components = { '@method': 'GET', '@target-uri': origin + target, ...own };
  all['webhook-signature'] = signatures(secrets, { id, timestamp, target });
  return Object.assign(all, messageSignature(keys, components, timestamp));
}
