import { createHash, createHmac } from 'node:crypto';
import { keyOf } from './signature.ts';

/** A part of a request that is signed: the name of a header in lower case, or a derived component such as `@method`. */
export type Component = readonly [name: string, value: string];

/** A secret under the name by which a receiver finds it. */
export interface SigningKey {
  /** ASCII without quotes and backslashes. */
  readonly keyid: string;
  /** `whsec_` and base64, as a receiver has it. */
  readonly secret: string;
}

/**
 * The `signature-input` and `signature` headers of HTTP Message Signatures (RFC 9421): one signature for each key, named `sig1`,
 * `sig2` and so on. The algorithm is always `hmac-sha256`; it is no parameter, because a receiver must not let a message choose it.
 *
 * @param created Epoch seconds.
 */
export function messageSignature(
  keys: readonly SigningKey[],
  components: readonly Component[],
  created: number,
): { readonly 'signature-input': string; readonly signature: string } {
  const names = components.map(([name]) => `"${name}"`).join(' ');
  const lines = components.map(([name, value]) => `"${name}": ${value.trim()}\n`).join('');
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

/** Fingerprints that were computed: one takes as long as a signature. */
const fingerprints = new Map<string, string>();

/** The first 8 hexadecimal digits of the SHA-256 of a secret's key. It says which of two secrets made a signature. */
export function fingerprintOf(secret: string): string {
  const known = fingerprints.get(secret);
  if (known !== undefined) return known;
  const made = createHash('sha256').update(keyOf(secret).export()).digest('hex').slice(0, 8);
  fingerprints.set(secret, made);
  return made;
}
