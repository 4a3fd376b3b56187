import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** What Standard Webhooks puts before a secret's base64. */
const PREFIX = 'whsec_';

/** Bytes of a secret. */
export const SECRET_BYTES = 32;

/** A trigger's secret as people handle it: `whsec_` and base64. @param bytes Random ones. */
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
 * The `webhook-signature` header as Standard Webhooks has it: for each secret `v1,` and the base64 of the HMAC-SHA256 of
 * `id.timestamp.target`, a space between. The target stands where a POST would have its body.
 */
export function signatures(secrets: readonly string[], { id, timestamp, target }: Signed): string {
  const content = `${id}.${timestamp}.${target}`;
  return secrets
    .map((secret) => createHmac('sha256', keyOf(secret)).update(content))
    .map((hmac) => `v1,${hmac.digest('base64')}`)
    .join(' ');
}

/** Those that were used: to make one takes longer than to sign with it. */
const keys = new Map<string, KeyObject>();

export function keyOf(secret: string): KeyObject {
  const key = keys.get(secret) ?? createSecretKey(secret.slice(PREFIX.length), 'base64');
  keys.set(secret, key);
  return key;
}
