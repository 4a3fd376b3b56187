import { createHash, createHmac } from 'node:crypto';
import { keyOf } from './signature.ts';

/** A signed component of a request: a header name in lower case or a derived component such as `@method`, and its value. */
export type Component = readonly [name: string, value: string];

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
  components: readonly Component[],
  created: number,
): { readonly 'signature-input': string; readonly signature: string } {
  let names = '';
  let lines = '';
  for (const [name, value] of components) {
    names += names === '' ? `"${name}"` : ` "${name}"`;
    lines += `"${name}": ${value.trim()}\n`;
  }
  const signed = keys.map(({ keyid, secret }, index) => {
    const parameters = `(${names});created=${created};keyid="${keyid}"`;
    const hmac = createHmac('sha256', keyOf(secret)).update(`${lines}"@signature-params": ${parameters}`);
    return { label: `sig${index + 1}`, parameters, value: hmac.digest('base64') };
  });
  return {
    'signature-input': signed.map(({ label, parameters }) => `${label}=${parameters}`).join(', '),
    signature: signed.map(({ label, value }) => `${label}=:${value}:`).join(', '),
  };
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
