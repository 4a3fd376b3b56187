import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** The prefix of a secret in Standard Webhooks. */
const PREFIX = 'whsec_';

/** Bytes of a secret. */
export const SECRET_BYTES = 32;

/**
 * A secret as users see it: `whsec_` and base64.
 *
 * @param bytes Random bytes.
 */
export function secretOf(bytes: Buffer): string {
  return PREFIX + bytes.toString('base64');
}

/** What is signed of a call. */
export interface Signed {
  /** The `webhook-id`. */
  readonly id: string;
  /** The `webhook-timestamp`: seconds since 1970. */
  readonly timestamp: number;
  /** The request target as sent: path and query. */
  readonly target: string;
}

/**
 * The `webhook-signature` header of Standard Webhooks: for each secret `v1,` and the base64 of the HMAC-SHA256 of
 * `id.timestamp.target`, separated by spaces. The target replaces the body, which a GET does not have.
 */
export function signatures(secrets: readonly string[], { id, timestamp, target }: Signed): string {
  const content = `${id}.${timestamp}.${target}`;
  return secrets
    .map((secret) => createHmac('sha256', keyOf(secret)).update(content))
    .map((hmac) => `v1,${hmac.digest('base64')}`)
    .join(' ');
}

/** Keys that were made: making a key takes longer than a signature. */
const keys = new Map<string, KeyObject>();

export function keyOf(secret: string): KeyObject {
  const key = keys.get(secret) ?? createSecretKey(secret.slice(PREFIX.length), 'base64');
  keys.set(secret, key);
  return key;
}
