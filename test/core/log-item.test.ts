import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { packed, unpacked } from '../../functions/core/log-item.ts';
import { anyEntry, logEntry } from '../support/log-entries.ts';

test('any entries, with whatever in their bodies, come out as they went in, in their order', () => {
  fc.assert(
    fc.property(fc.array(anyEntry), (entries) => {
      const items = packed(entries);
      assert.ok(items.length <= 1);
      assert.deepEqual(items.flatMap(unpacked), entries);
    }),
  );
});

test('what is too much for one item is split, and no item is larger than DynamoDB takes', () => {
  // Of random bytes nothing is saved by compressing them; of control characters much, but JSON needs six bytes for each.
  for (const body of [() => randomBytes(512).toString('hex'), () => '\u0000'.repeat(1024)]) {
    const entries = Array.from({ length: 2_000 }, () => logEntry({ body: body() }));
    const items = packed(entries);
    assert.ok(items.length > 1 && items.length < 50, `${items.length} items`);
    for (const item of items) assert.ok(item.length < 399_000, `${item.length} bytes`);
    assert.deepEqual(items.flatMap(unpacked), entries);
  }
});
