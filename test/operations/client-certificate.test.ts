import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { parseCertificate } from '../../functions/operations/client-certificate.ts';
import { client, expired, intermediate, root, rsaClient } from '../support/client-certificates.ts';

const now = Date.now();
const rejectionOf = (pem: string, at = now) => {
  const parsed = parseCertificate(pem, at);
  return 'rejected' in parsed ? parsed.rejected : undefined;
};
const keyAs = (key: string, type: 'pkcs1' | 'sec1') => String(createPrivateKey(key).export({ type, format: 'pem' }));

test('reads keys as PKCS#8, PKCS#1 and SEC 1, and stores them as PKCS#8', () => {
  for (const [cert, key, stored] of [
    [client.cert, client.key, client.key],
    [client.cert, keyAs(client.key, 'sec1'), client.key],
    [rsaClient.cert, rsaClient.key, rsaClient.key],
    [rsaClient.cert, keyAs(rsaClient.key, 'pkcs1'), rsaClient.key],
  ] as const) {
    const parsed = parseCertificate(`${key}\n${cert}`, now);
    assert.ok('certificate' in parsed);
    assert.equal(parsed.certificate.key.trim(), stored);
  }
});

test('sorts the chain, leaves out what does not belong to it, and shows subject, issuer and expiry', () => {
  const text = ['Bag Attributes', root, rsaClient.cert, intermediate, client.key, client.cert].join('\r\n');
  const parsed = parseCertificate(text, now);
  assert.ok('certificate' in parsed);
  const { cert, key: _, ...shown } = parsed.certificate;
  const names = cert.match(/-----BEGIN.*?END CERTIFICATE-----/gs)?.map((one) => new X509Certificate(one).subject);
  assert.deepEqual(
    names?.map((name) => name.replace('\n', ', ')),
    ['O=Our company, CN=crm-triggers', 'O=Receiver, CN=Test intermediate', 'O=Receiver, CN=Test root'],
  );
  assert.deepEqual(shown, {
    subject: 'O=Our company, CN=crm-triggers',
    issuer: 'O=Receiver, CN=Test intermediate',
    expiresAt: new X509Certificate(client.cert).validToDate.getTime(),
  });
});

test('rejects what cannot be used, with a fix and without any part of the input', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encrypted = String(
    privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'MARKER' }),
  );
  const broken = (pem: string) => pem.replace(/\n[^\n]{10}/, '\nMARKER1234');
  for (const [pem, line] of [
    ['', /^has no block BEGIN CERTIFICATE/],
    ['MARKER', /^has no block BEGIN CERTIFICATE/],
    [client.key, /^has no block BEGIN CERTIFICATE/],
    [client.cert, /^has no private key/],
    [client.cert + client.key + rsaClient.key, /^has more than one private key/],
    [client.cert + encrypted, /^has a private key with a passphrase/],
    [client.cert + broken(client.key), /^has a private key that cannot be read/],
    [broken(client.cert) + client.key, /^has a block that is not a certificate/],
    [intermediate + client.key, /^does not belong to its private key/],
    [expired.cert + expired.key, /^expired at 2025-02-01T00:00:00\.000Z/],
    ['MARKER'.repeat(10_000), /^has more than 32768 characters/],
  ] as const) {
    const rejection = rejectionOf(pem) ?? assert.fail(String(line));
    assert.match(rejection, line);
    assert.match(rejection, /\. Fix: [^\n]+$/);
    assert.doesNotMatch(rejection, /MARKER/);
  }
  assert.match(rejectionOf(client.cert + client.key, 0) ?? '', /^is not valid before 20\d\d-/);
});
