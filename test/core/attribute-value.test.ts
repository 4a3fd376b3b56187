import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameValue } from '../../functions/core/attribute-value.ts';

const same: [title: string, first: object, second: object][] = [
  ['a set of strings in another order', { SS: ['x', 'y'] }, { SS: ['y', 'x'] }],
  ['a set of numbers in another order', { NS: ['1', '2', '-3'] }, { NS: ['-3', '1', '2'] }],
  ['a set of binaries in another order', { BS: ['AQ==', 'Ag=='] }, { BS: ['Ag==', 'AQ=='] }],
  ['a set in a list', { L: [{ SS: ['x', 'y'] }] }, { L: [{ SS: ['y', 'x'] }] }],
  ['a set in a map in a list', { L: [{ M: { a: { NS: ['1', '2'] } } }] }, { L: [{ M: { a: { NS: ['2', '1'] } } }] }],
  [
    'a map with its names in another order',
    { M: { a: { S: '1' }, b: { S: '2' } } },
    { M: { b: { S: '2' }, a: { S: '1' } } },
  ],
  ['binary from a stream and from a read of the table', { B: 'AQI=' }, { B: new Uint8Array([1, 2]) }],
  ['binary as a Buffer', { B: Buffer.from([1, 2]) }, { B: new Uint8Array([1, 2]) }],
  ['binary as a view of a larger buffer', { B: new Uint8Array([0, 1, 2, 3]).subarray(1, 3) }, { B: 'AQI=' }],
  ['a set of binaries in both forms', { BS: ['AQ==', 'Ag=='] }, { BS: [new Uint8Array([2]), Buffer.from([1])] }],
];

for (const [title, first, second] of same)
  test(`equal: ${title}`, () => {
    assert.equal(isSameValue(first, second), true);
    assert.equal(isSameValue(second, first), true);
  });

const different: [title: string, first: unknown, second: unknown][] = [
  ['a list in another order', { L: [{ S: 'x' }, { S: 'y' }] }, { L: [{ S: 'y' }, { S: 'x' }] }],
  [
    'a list under the name SS',
    { M: { SS: { L: [{ S: 'x' }, { S: 'y' }] } } },
    { M: { SS: { L: [{ S: 'y' }, { S: 'x' }] } } },
  ],
  ['a set with one more element', { SS: ['x'] }, { SS: ['x', 'y'] }],
  ['a set with another element', { SS: ['x', 'y'] }, { SS: ['x', 'z'] }],
  ['a set of another type', { SS: ['1'] }, { NS: ['1'] }],
  ['a set and a list', { SS: ['x'] }, { L: [{ S: 'x' }] }],
  ['a string that reads like binary', { S: 'AQI=' }, { B: 'AQI=' }],
  ['different binary', { B: 'AQI=' }, { B: new Uint8Array([1, 3]) }],
  ['a map with one more name', { M: {} }, { M: { a: { S: '' } } }],
  ['a map with another name', { M: { a: { S: '' } } }, { M: { b: { S: '' } } }],
  ['a map with a name that every object inherits', { M: { a: { S: '' } } }, { M: { constructor: { S: '' } } }],
  ['a longer list', { L: [{ S: 'x' }] }, { L: [{ S: 'x' }, { S: 'x' }] }],
  ['no value', { S: 'x' }, undefined],
  ['null and a boolean', { NULL: true }, { BOOL: true }],
  ['a set whose value is not a list', { SS: ['x'] }, { SS: 'x' }],
];

for (const [title, first, second] of different)
  test(`not equal: ${title}`, () => {
    assert.equal(isSameValue(first, second), false);
    assert.equal(isSameValue(second, first), false);
  });

test('compares sets in linear time', () => {
  let read = 0;
  const counted = (items: string[]) =>
    new Proxy(items, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) read++;
        return Reflect.get(target, key);
      },
    });
  const items = Array.from({ length: 100_000 }, (_, i) => i.toString(36));
  assert.equal(isSameValue({ SS: counted(items) }, { SS: counted(items.toReversed()) }), true);
  assert.ok(read <= 4 * items.length, `${read} reads`);
});
