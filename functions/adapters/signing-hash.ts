import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

type Secret = string | ArrayBuffer | ArrayBufferView;

/**
 * SHA-256 and HMAC-SHA256 for the AWS SDK, which signs each request with the same two keys. Its own class makes them from bytes each
 * time, and that takes ten times as long as the HMAC.
 */
export class SigningHash {
  readonly #create: () => Hash | Hmac;
  #hash: Hash | Hmac;

  /** @param secret The key of an HMAC. Absent: a plain hash. */
  constructor(secret?: Secret) {
    this.#create = () => (secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret)));
    this.#hash = this.#create();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#create();
  }
}

/** The SDK keeps the key of a day as one object. */
const ofBytes = new WeakMap<object, KeyObject>();
let latest: { readonly text: string; readonly key: KeyObject } | undefined;

function keyOf(secret: Secret): KeyObject {
  if (typeof secret === 'string') {
    if (latest?.text !== secret) latest = { text: secret, key: createSecretKey(secret, 'utf8') };
    return latest.key;
  }
  const key = ofBytes.get(secret) ?? createSecretKey(bytesOf(secret));
  ofBytes.set(secret, key);
  return key;
}

const bytesOf = (secret: Exclude<Secret, string>): Uint8Array =>
  ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
