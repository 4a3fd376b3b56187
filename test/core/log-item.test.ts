import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { packed, unpacked } from '../../functions/core/log-item.ts';
import { anyEntry, logEntry } from '../support/log-entries.ts';

test('unpacks the entries that were packed, in their order, with any text in their bodies', () => {
  fc.assert(
    fc.property(fc.array(anyEntry), (entries) => {
      const items = packed(entries);
      assert.ok(items.length <= 1);
      assert.deepEqual(
        items.flatMap((item) => unpacked(item)),
        entries,
      );
    }),
  );
});

test('splits entries that are too large for one item, and makes no item larger than the limit of DynamoDB', () => {
  // Random bytes do not compress. Control characters do, but JSON needs six bytes for each.
  for (const body of [() => randomBytes(512).toString('hex'), () => '\u0000'.repeat(1024)]) {
    const entries = Array.from({ length: 2_000 }, () => logEntry({ body: body() }));
    const items = packed(entries);
    assert.ok(items.length > 1 && items.length < 50, `${items.length} items`);
    for (const item of items) assert.ok(item.length < 399_000, `${item.length} bytes`);
    assert.deepEqual(
      items.flatMap((item) => unpacked(item)),
      entries,
    );
  }
});

test('returns nothing for an item without a text that its entries must contain', () => {
  const [item = new Uint8Array()] = packed([logEntry({ id: 'msg_a' }), logEntry({ id: 'msg_b' })]);
  assert.equal(unpacked(item, 'msg_b').length, 2);
  assert.deepEqual(unpacked(item, 'msg_c'), []);
});

test('stores headers also for a response without a body, and release 0.2.0 reads the item', () => {
  const entries = [
    logEntry({ headers: 'server: nginx' }),
    logEntry({ body: 'ok', headers: 'server: nginx' }),
    logEntry(),
  ];
  const [item = new Uint8Array()] = packed(entries);
  assert.deepEqual(unpacked(item), entries);
  const rows: unknown[][] = JSON.parse(inflateRawSync(item).toString());
  assert.deepEqual(
    rows.map((row) => row.slice(9)),
    [['', 'server: nginx'], ['ok', 'server: nginx'], []],
    'texts after the body, which it ignores',
  );
});

test('stores the outcomes failed and throttled as `retry`, which release 0.2.0 reads', () => {
  const [item = new Uint8Array()] = packed([logEntry({ outcome: 'failed' }), logEntry({ outcome: 'throttled' })]);
  const rows: unknown[][] = JSON.parse(inflateRawSync(item).toString());
  assert.deepEqual(
    rows.map((row) => row[5]),
    ['retry', 'retry'],
  );
  assert.deepEqual(
    unpacked(item).map(({ outcome }) => outcome),
    ['failed', 'throttled'],
  );
});
