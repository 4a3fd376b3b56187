import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { StoredCertificate } from '../adapters/secret-store.ts';
import { oneLine } from '../core/printable.ts';

/** A certificate with its chain and key, or what is wrong with it and how to fix it. */
export type ParsedCertificate = { readonly certificate: StoredCertificate } | { readonly rejected: string };

const MAX_PEM_CHARACTERS = 32 * 1024;

const ONE_FILE = 'Fix: pass the certificate, its chain and its private key as PEM, one after another';

/**
 * Checks a client certificate as an admin enters it: PEM with the certificate, its private key, and the certificates of its chain
 * in any order. A rejection follows the words "The certificate for customer.create", and has no part of the input.
 *
 * @param now Epoch milliseconds.
 */
export function parseCertificate(pem: string, now: number): ParsedCertificate {
  if (pem.length > MAX_PEM_CHARACTERS)
    return {
      rejected: `has more than ${MAX_PEM_CHARACTERS} characters. Fix: leave out certificates that are not its chain`,
    };
  const blocks = [...pem.matchAll(/-----BEGIN ([A-Z\d ]+)-----.*?-----END \1-----/gs)].map(([text, kind]) => ({
    text,
    kind,
  }));
  const certificates = blocks.filter(({ kind }) => kind === 'CERTIFICATE').map(({ text }) => text);
  const keys = blocks.filter(({ kind = '' }) => kind.endsWith('PRIVATE KEY')).map(({ text }) => text);
  const [key = ''] = keys;
  if (certificates.length === 0) return { rejected: `has no block BEGIN CERTIFICATE. ${ONE_FILE}` };
  if (keys.length === 0) return { rejected: `has no private key. ${ONE_FILE}` };
  if (keys.length > 1) return { rejected: 'has more than one private key. Fix: leave the others out' };
  if (key.includes('ENCRYPTED'))
    return { rejected: 'has a private key with a passphrase. Fix: remove it, for example with openssl pkey' };

  const privateKey = orNothing(() => createPrivateKey(key));
  if (!privateKey)
    return { rejected: 'has a private key that cannot be read. Fix: use PKCS#8, PKCS#1 or SEC 1 as PEM' };
  const parsed = certificates.map((text) => orNothing(() => new X509Certificate(text)));
  const readable = parsed.filter((one) => one !== undefined);
  if (readable.length < parsed.length)
    return { rejected: 'has a block that is not a certificate. Fix: copy it again as PEM' };
  const own = readable.find((one) => one.checkPrivateKey(privateKey));
  if (!own) return { rejected: 'does not belong to its private key. Fix: pass the key of the certificate' };
  return checked(own, readable, privateKey, now);
}

function checked(
  own: X509Certificate,
  all: readonly X509Certificate[],
  privateKey: KeyObject,
  now: number,
): ParsedCertificate {
  const expiresAt = own.validToDate.getTime();
  if (expiresAt <= now) return { rejected: `expired at ${new Date(expiresAt).toISOString()}. Fix: renew it` };
  if (own.validFromDate.getTime() > now)
    return {
      rejected: `is not valid before ${own.validFromDate.toISOString()}. Fix: use a certificate that is valid now`,
    };
  const cert = chainOf(own, all).map(String).join('');
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  if (!orNothing(() => createSecureContext({ cert, key })))
    return {
      rejected: 'is not accepted by TLS. Fix: use an RSA key of at least 2048 bits, or a key on the curve P-256',
    };
  return { certificate: { cert, key, subject: nameOf(own.subject), issuer: nameOf(own.issuer), expiresAt } };
}

/** The certificate and those that signed it, in the order that TLS 1.2 requires. */
function chainOf(own: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [own];
  for (let next: X509Certificate | undefined = own; next; ) {
    const last: X509Certificate = next;
    next = all.find((one) => !chain.includes(one) && last.checkIssued(one));
    if (next) chain.push(next);
  }
  return chain;
}

const MAX_NAME_CHARACTERS = 200;

/** Node separates the parts of a name with line breaks. */
function nameOf(name: string | undefined): string {
  return oneLine((name ?? '').replaceAll('\n', ', ')).slice(0, MAX_NAME_CHARACTERS);
}

function orNothing<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
