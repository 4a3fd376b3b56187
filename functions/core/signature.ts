import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** The prefix of a secret in Standard Webhooks. */
const PREFIX = 'whsec_';

/** The length of a new secret, in bytes. */
export const SECRET_BYTES = 32;

/**
 * Formats a secret for users: `whsec_` and base64.
 *
 * @param bytes Random bytes.
 */
export function secretOf(bytes: Buffer): string {
  return PREFIX + bytes.toString('base64');
}

/** The signed content of a call. */
export interface Signed {
  /** The `webhook-id`. */
  readonly id: string;
  /** The `webhook-timestamp`, in epoch seconds. */
  readonly timestamp: number;
  /** The path and query of the request, unchanged. */
  readonly target: string;
}

/**
 * Returns the `webhook-signature` header of Standard Webhooks. Each secret adds `v1,` and the base64 of the HMAC-SHA256
 * of `id.timestamp.target`, separated by spaces. The target replaces the body, because a GET has no body.
 */
export function signatures(secrets: readonly string[], { id, timestamp, target }: Signed): string {
  const content = `${id}.${timestamp}.${target}`;
  return secrets
    .map((secret) => createHmac('sha256', keyOf(secret)).update(content))
    .map((hmac) => `v1,${hmac.digest('base64')}`)
    .join(' ');
}

/** Cache: creating a key takes longer than a signature. */
const keys = new Map<string, KeyObject>();

export function keyOf(secret: string): KeyObject {
  const key = keys.get(secret) ?? createSecretKey(secret.slice(PREFIX.length), 'base64');
  keys.set(secret, key);
  return key;
}
