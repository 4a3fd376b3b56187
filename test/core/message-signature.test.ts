import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createVerifier, httpbis } from 'http-message-signatures';
import { fingerprintOf, messageSignature } from '../../functions/core/message-signature.ts';
import { secretOf } from '../../functions/core/signature.ts';

test('makes the same signature as the example for hmac-sha256 in RFC 9421, B.2.5', () => {
  const secret = 'whsec_uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==';
  const components = {
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    '@authority': 'example.com',
    'content-type': 'application/json',
  };
  assert.deepEqual(messageSignature([{ keyid: 'test-shared-secret', secret }], components, 1618884473), {
    'signature-input': 'sig1=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    signature: 'sig1=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
  });
});

test('the fingerprint of a secret is the start of the SHA-256 of its key', () => {
  const key = Buffer.alloc(32, 7);
  const expected = createHash('sha256').update(key).digest('hex').slice(0, 8);
  assert.equal(fingerprintOf(secretOf(key)), expected);
  assert.equal(fingerprintOf(secretOf(key)), expected, 'from the cache');
  assert.notEqual(fingerprintOf(secretOf(Buffer.alloc(32, 8))), expected);
});

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** Verifies a request like a receiver with one secret, with the independent library http-message-signatures. */
async function verify(secret: string, request: Request): Promise<boolean> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const known = { id: fingerprintOf(secret), algs: ['hmac-sha256'], verify: createVerifier(key, 'hmac-sha256') };
  const keyLookup = async ({ keyid }: { keyid?: unknown }) => (keyid === known.id ? known : null);
  return (await httpbis.verifyMessage({ keyLookup }, request).catch(() => false)) ?? false;
}

test('an independent library verifies the signatures of two secrets, and rejects changes of signed components', async () => {
  const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => secretOf(Buffer.from(bytes)));
  const ids = fc.string({ unit: fc.constantFrom(...'abc019_.-'), minLength: 1 });
  const threeSecrets = fc.uniqueArray(secrets, { minLength: 3, maxLength: 3, selector: fingerprintOf });
  await fc.assert(
    fc.asyncProperty(threeSecrets, ids, fc.webUrl({ withQueryParameters: true }), async (keys, id, any) => {
      const [fresh = '', old = '', other = ''] = keys;
      const url = new URL(any).href;
      const signed = { '@method': 'GET', '@target-uri': url, 'webhook-id': id, 'crm-trigger-attempt': '1' };
      const signing = [fresh, old].map((secret) => ({ keyid: fingerprintOf(secret), secret }));
      const made = messageSignature(signing, signed, Math.floor(Date.now() / 1000));
      const headers = { 'webhook-id': id, 'crm-trigger-attempt': '1', ...made };
      const call = { method: 'GET', url, headers };
      assert.equal(await verify(fresh, call), true);
      assert.equal(await verify(old, call), true);
      assert.equal(await verify(other, call), false);
      assert.equal(await verify(fresh, { ...call, method: 'POST' }), false);
      assert.equal(await verify(fresh, { ...call, url: `${url}x` }), false);
      for (const name of ['webhook-id', 'crm-trigger-attempt'] as const)
        assert.equal(await verify(fresh, { ...call, headers: { ...headers, [name]: `${headers[name]}0` } }), false);
    }),
    { numRuns: 200 },
  );
});
