import { createHash, createHmac } from 'node:crypto';
import { keyOf } from './signature.ts';

/** The signed components of a request: header names in lower case and derived components such as `@method`, with their values. */
export type Components = Readonly<Record<string, string>>;

/** A secret, and the key ID by which a receiver finds it. */
export interface SigningKey {
  /** ASCII without quotes or backslashes. */
  readonly keyid: string;
  /** `whsec_` and base64. */
  readonly secret: string;
}

/**
 * Returns the `signature-input` and `signature` headers of HTTP Message Signatures (RFC 9421), with one signature for
 * each key (`sig1`, `sig2` and so on). The algorithm is always `hmac-sha256`. It is not sent as a parameter, because a
 * receiver must not let a message choose it.
 *
 * @param created Epoch seconds.
 */
export function messageSignature(
  keys: readonly SigningKey[],
  components: Components,
  created: number,
): { readonly 'signature-input': string; readonly signature: string } {
  let names = '';
  let lines = '';
  for (const name in components) {
    names += names === '' ? `"${name}"` : ` "${name}"`;
    lines += `"${name}": ${components[name]?.trim()}\n`;
  }
  let input = '';
  let signature = '';
  let index = 0;
  for (const { keyid, secret } of keys) {
    index++;
    const parameters = `(${names});created=${created};keyid="${keyid}"`;
    const hmac = createHmac('sha256', keyOf(secret)).update(`${lines}"@signature-params": ${parameters}`);
    const label = index === 1 ? 'sig1' : `, sig${index}`;
    input += `${label}=${parameters}`;
    signature += `${label}=:${hmac.digest('base64')}:`;
  }
  return { 'signature-input': input, signature };
}

/** Cache: computing a fingerprint takes as long as a signature. */
const fingerprints = new Map<string, string>();

/** The first 8 hexadecimal digits of the SHA-256 of a secret's key. It identifies the secret that made a signature. */
export function fingerprintOf(secret: string): string {
  const known = fingerprints.get(secret);
  if (known !== undefined) return known;
  const fingerprint = createHash('sha256').update(keyOf(secret).export()).digest('hex').slice(0, 8);
  fingerprints.set(secret, fingerprint);
  return fingerprint;
}
