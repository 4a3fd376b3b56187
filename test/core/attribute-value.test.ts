import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameValue } from '../../functions/core/attribute-value.ts';

const same: [title: string, one: object, other: object][] = [
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
  ['binary from a stream and from a read', { B: 'AQI=' }, { B: new Uint8Array([1, 2]) }],
  ['binary as a Buffer', { B: Buffer.from([1, 2]) }, { B: new Uint8Array([1, 2]) }],
  ['a part of a larger buffer', { B: new Uint8Array([0, 1, 2, 3]).subarray(1, 3) }, { B: 'AQI=' }],
  ['a set of binaries of both forms', { BS: ['AQ==', 'Ag=='] }, { BS: [new Uint8Array([2]), Buffer.from([1])] }],
];

for (const [title, one, other] of same)
  test(`is the same value: ${title}`, () => {
    assert.equal(isSameValue(one, other), true);
    assert.equal(isSameValue(other, one), true);
  });

const different: [title: string, one: unknown, other: unknown][] = [
  ['a list in another order', { L: [{ S: 'x' }, { S: 'y' }] }, { L: [{ S: 'y' }, { S: 'x' }] }],
  [
    'a list under the name SS',
    { M: { SS: { L: [{ S: 'x' }, { S: 'y' }] } } },
    { M: { SS: { L: [{ S: 'y' }, { S: 'x' }] } } },
  ],
  ['a set with one element more', { SS: ['x'] }, { SS: ['x', 'y'] }],
  ['a set with another element', { SS: ['x', 'y'] }, { SS: ['x', 'z'] }],
  ['a set of another type', { SS: ['1'] }, { NS: ['1'] }],
  ['a set and a list', { SS: ['x'] }, { L: [{ S: 'x' }] }],
  ['a string that reads like binary', { S: 'AQI=' }, { B: 'AQI=' }],
  ['other binary', { B: 'AQI=' }, { B: new Uint8Array([1, 3]) }],
  ['a map with a name more', { M: {} }, { M: { a: { S: '' } } }],
  ['a map with another name', { M: { a: { S: '' } } }, { M: { b: { S: '' } } }],
  ['a map with a name that every object has', { M: { a: { S: '' } } }, { M: { constructor: { S: '' } } }],
  ['a list that is longer', { L: [{ S: 'x' }] }, { L: [{ S: 'x' }, { S: 'x' }] }],
  ['no value', { S: 'x' }, undefined],
  ['null and a boolean', { NULL: true }, { BOOL: true }],
  ['a set that is none', { SS: ['x'] }, { SS: 'x' }],
];

for (const [title, one, other] of different)
  test(`is not the same value: ${title}`, () => {
    assert.equal(isSameValue(one, other), false);
    assert.equal(isSameValue(other, one), false);
  });

const text = fc.string({ maxLength: 6 });
const number = fc.integer().map(String);
const base64 = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const name = fc.oneof(fc.constantFrom('SS', 'NS', 'BS', 'L', 'M', 'S', 'B'), text);

/** Any value of an attribute, as a stream record holds it. */
const { value } = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ S: text }),
    fc.record({ N: number }),
    fc.record({ B: base64 }),
    fc.record({ BOOL: fc.boolean() }),
    fc.constant({ NULL: true }),
    fc.record({ SS: fc.uniqueArray(text, { minLength: 1 }) }),
    fc.record({ NS: fc.uniqueArray(number, { minLength: 1 }) }),
    fc.record({ BS: fc.uniqueArray(base64, { minLength: 1 }) }),
    fc.record({ L: fc.array(tie('value')) }),
    fc.record({ M: fc.dictionary(name, tie('value')) }),
  ),
}));

type Tree = { [type: string]: unknown };

/** A copy with every set and map in another order, and some of its binaries as a read of the table gives them. */
function reordered(tree: object, random: () => number): object {
  const [[type = '', waiting] = []] = Object.entries(tree as Tree);
  const shuffled = <T>(items: readonly T[]) =>
    items
      .map((item) => [random(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  const bytes = (text: string) => (random() < 0.5 ? new Uint8Array(Buffer.from(text, 'base64')) : text);
  if (type === 'SS' || type === 'NS') return { [type]: shuffled(waiting as string[]) };
  if (type === 'BS') return { BS: shuffled(waiting as string[]).map(bytes) };
  if (type === 'B') return { B: bytes(waiting as string) };
  if (type === 'L') return { L: (waiting as object[]).map((item) => reordered(item, random)) };
  if (type === 'M') {
    const entries = shuffled(Object.entries(waiting as Record<string, object>));
    return { M: Object.fromEntries(entries.map(([name, item]) => [name, reordered(item, random)])) };
  }
  return { [type]: waiting };
}

/** Copies that each differ from the tree in one leaf. */
function changed(tree: object): object[] {
  const [[type = '', waiting] = []] = Object.entries(tree as Tree);
  if (type === 'S' || type === 'N') return [{ [type]: `${waiting}0` }, { X: waiting }];
  if (type === 'B')
    return [{ B: Buffer.concat([Buffer.from(waiting as string, 'base64'), Buffer.of(0)]).toString('base64') }];
  if (type === 'BOOL') return [{ BOOL: !waiting }];
  if (type === 'NULL') return [{ BOOL: true }];
  if (type === 'L') {
    const items = waiting as object[];
    return [
      { L: [...items, { NULL: true }] },
      ...items.flatMap((item, i) => changed(item).map((other) => ({ L: items.with(i, other) }))),
    ];
  }
  if (type === 'M') {
    const entries = Object.entries(waiting as Record<string, object>);
    return entries.flatMap(([name, item]) => [
      ...changed(item).map((other) => ({ M: { ...(waiting as object), [name]: other } })),
      { M: Object.fromEntries(entries.filter(([own]) => own !== name)) },
    ]);
  }
  const items = waiting as string[];
  const unused = type === 'NS' ? '0.5' : Buffer.alloc(9).toString('base64');
  return [
    { [type]: items.slice(1) },
    { [type]: [...items, unused] },
    ...items.map((_, i) => ({ [type]: items.with(i, unused) })),
  ];
}

test('is the same with every set reordered, anywhere in the value and in both forms of binary', () => {
  fc.assert(
    fc.property(value, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (tree, numbers) => {
      const other = reordered(tree, () => numbers.next().value ?? 0);
      assert.equal(isSameValue(tree, other), true);
      assert.equal(isSameValue(other, tree), true);
    }),
  );
});

test('is not the same with any one leaf changed', () => {
  fc.assert(
    fc.property(value, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (tree, numbers) => {
      for (const leaf of changed(tree)) {
        const other = reordered(leaf, () => numbers.next().value ?? 0);
        assert.equal(isSameValue(tree, other), false, JSON.stringify([tree, other]));
        assert.equal(isSameValue(other, tree), false);
      }
    }),
  );
});

test('accepts anything, however broken', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      assert.equal(typeof isSameValue(one, other), 'boolean');
      assert.equal(isSameValue({ SS: one }, structuredClone({ SS: one })), true);
      assert.equal(isSameValue({ M: one }, structuredClone({ M: one })), true);
      assert.equal(isSameValue({ B: one }, structuredClone({ B: one })), true);
    }),
  );
});

test('looks at each element of a set once: the largest row compares in linear time', () => {
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
