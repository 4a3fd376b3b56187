import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVerifier, httpbis } from 'http-message-signatures';
import { requestHeaders } from '../../functions/attempt/request-headers.ts';
import { fingerprintOf } from '../../functions/core/message-signature.ts';
import { secretOf } from '../../functions/core/signature.ts';
import { notification } from '../support/records.ts';

const [fresh, old] = [1, 2].map((byte) => secretOf(Buffer.alloc(32, byte))) as [string, string];
const url = 'https://u:p@receiver.example:8443/hook?k=%C3%A4&AccountID=a%20b';

function verify(secret: string, headers: Record<string, string>) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const known = { id: fingerprintOf(secret), algs: ['hmac-sha256'], verify: createVerifier(key, 'hmac-sha256') };
  const keyLookup = async ({ keyid }: { keyid?: unknown }) => (keyid === known.id ? known : null);
  const request = { method: 'GET', url: url.replace('u:p@', ''), headers };
  return httpbis.verifyMessage({ keyLookup }, request).catch(() => false);
}

test('every header of the contract is signed with each valid secret', async () => {
  const at = Date.now();
  const secrets = {
    version: 1,
    secret: fresh,
    replaced: [{ secret: old, until: at + 1000 }],
    headers: { 'x-token': 't' },
  };
  const headers = requestHeaders(notification({ test: true }), 3, url, secrets, at);
  const [, names = ''] = /^sig1=\(([^)]*)\)/.exec(headers['signature-input'] ?? '') ?? [];
  const own = Object.keys(headers).filter(
    (name) => /^(?:webhook|crm-trigger)/.test(name) && name !== 'webhook-signature',
  );
  assert.equal(own.length, 6);
  assert.deepEqual(names.match(/[^" ]+/g)?.sort(), ['@method', '@target-uri', ...own].sort());
  assert.equal(await verify(fresh, headers), true);
  assert.equal(await verify(old, headers), true);
  for (const name of own)
    assert.equal(await verify(fresh, { ...headers, [name]: `${headers[name]}1` }), false, `${name} is changed`);
  const { 'crm-trigger-test': _, ...without } = headers;
  assert.equal(await verify(fresh, without), false, 'a header is removed');
});

test('a header that was added on the way is not signed', async () => {
  const secrets = { version: 1, secret: fresh, replaced: [], headers: {} };
  const headers = requestHeaders(notification(), 1, url, secrets, Date.now());
  assert.doesNotMatch(headers['signature-input'] ?? '', /crm-trigger-test/);
  assert.equal('signature' in requestHeaders(notification(), 1, url, { ...secrets, secret: undefined }, 0), false);
});
