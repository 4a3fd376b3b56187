import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { SigningHash } from '../../functions/adapters/signing-hash.ts';

async function digestOf(parts: readonly Uint8Array[], secret?: string | ArrayBuffer | Uint8Array): Promise<string> {
  const hash = new SigningHash(secret);
  for (const part of parts) hash.update(part);
  return Buffer.from(await hash.digest()).toString('hex');
}

test('has the results of SHA-256 and HMAC-SHA256, also after other keys', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const secrets = fc.oneof(fc.string({ unit: 'binary' }), bytes);
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 3 }), fc.array(secrets, { minLength: 1 }), async (parts, keys) => {
      const all = Buffer.concat(parts);
      assert.equal(await digestOf(parts), createHash('sha256').update(all).digest('hex'));
      for (const key of [...keys, ...keys])
        assert.equal(await digestOf(parts, key), createHmac('sha256', key).update(all).digest('hex'));
    }),
  );
});

test('reads a part of a buffer, and a whole one', async () => {
  const buffer = Uint8Array.from({ length: 64 }, (_, i) => i).buffer;
  const part = new Uint8Array(buffer, 8, 16);
  assert.equal(await digestOf([], part), createHmac('sha256', part).digest('hex'));
  assert.equal(await digestOf([], buffer), createHmac('sha256', Buffer.from(buffer)).digest('hex'));
});

test('begins again after a reset', async () => {
  for (const secret of [undefined, 'secret']) {
    const hash = new SigningHash(secret);
    hash.update(Buffer.from('before'));
    hash.reset();
    hash.update(Buffer.from('after'));
    assert.equal(Buffer.from(await hash.digest()).toString('hex'), await digestOf([Buffer.from('after')], secret));
  }
});

/** The example request of the AWS documentation for Signature Version 4, with the keys of that documentation. */
test('makes the signature of AWS’s example', async () => {
  const signer = new SignatureV4({
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    region: 'us-east-1',
    service: 'service',
    sha256: SigningHash,
    applyChecksum: false,
  });
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname: 'example.amazonaws.com',
    path: '/',
    query: {},
    headers: { host: 'example.amazonaws.com' },
  };
  for (let time = 0; time < 2; time++) {
    const { headers } = await signer.sign(request, { signingDate: new Date('2015-08-30T12:36:00Z') });
    assert.match(
      headers.authorization ?? '',
      /Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31$/,
    );
  }
});
