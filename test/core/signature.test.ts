import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { secretOf, signatures } from '../../functions/core/signature.ts';

const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => secretOf(Buffer.from(bytes)));

test('makes the same signature as the official library, for any ID, time and target', () => {
  fc.assert(
    fc.property(secrets, fc.string(), fc.nat(4_000_000_000), fc.webPath(), (secret, id, timestamp, target) => {
      const expected = new Webhook(secret).sign(id, new Date(timestamp * 1000), target);
      assert.equal(signatures([secret], { id, timestamp, target }), expected);
    }),
    { numRuns: 2_000 },
  );
});

test('signs with each of two secrets: a receiver can verify with either one, and with no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(secrets, { minLength: 3, maxLength: 3 }), fc.json(), ([old, fresh, other], target) => {
      const signed = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), target };
      const headers = {
        'webhook-id': signed.id,
        'webhook-timestamp': String(signed.timestamp),
        'webhook-signature': signatures([fresh as string, old as string], signed),
      };
      for (const secret of [old, fresh]) new Webhook(secret as string).verify(target, headers);
      assert.throws(() => new Webhook(other as string).verify(target, headers));
      assert.throws(() => new Webhook(old as string).verify(`${target} `, headers));
    }),
    { numRuns: 500 },
  );
});

test('formats a secret as Standard Webhooks requires', () => {
  assert.equal(secretOf(Buffer.alloc(32, 1)), `whsec_${Buffer.alloc(32, 1).toString('base64')}`);
});
