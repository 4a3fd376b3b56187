import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameValue } from '../../functions/core/attribute-value.ts';

const text = fc.string({ maxLength: 6 });
const number = fc.integer().map(String);
const base64 = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const name = fc.oneof(fc.constantFrom('SS', 'NS', 'BS', 'L', 'M', 'S', 'B'), text);

/** Any attribute value of a stream record. */
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

/** A copy with every set and map in another order, and some binaries as bytes, like a read of the table. */
function reordered(tree: object, random: () => number): object {
  const [[type = '', content] = []] = Object.entries(tree as Tree);
  const shuffled = <T>(items: readonly T[]) =>
    items
      .map((item) => [random(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  const bytes = (text: string) => (random() < 0.5 ? new Uint8Array(Buffer.from(text, 'base64')) : text);
  if (type === 'SS' || type === 'NS') return { [type]: shuffled(content as string[]) };
  if (type === 'BS') return { BS: shuffled(content as string[]).map(bytes) };
  if (type === 'B') return { B: bytes(content as string) };
  if (type === 'L') return { L: (content as object[]).map((item) => reordered(item, random)) };
  if (type === 'M') {
    const entries = shuffled(Object.entries(content as Record<string, object>));
    return { M: Object.fromEntries(entries.map(([name, item]) => [name, reordered(item, random)])) };
  }
  return { [type]: content };
}

/** Copies of a tree. Each differs from it in one leaf. */
function changed(tree: object): object[] {
  const [[type = '', content] = []] = Object.entries(tree as Tree);
  if (type === 'S' || type === 'N') return [{ [type]: `${content}0` }, { X: content }];
  if (type === 'B')
    return [{ B: Buffer.concat([Buffer.from(content as string, 'base64'), Buffer.of(0)]).toString('base64') }];
  if (type === 'BOOL') return [{ BOOL: !content }];
  if (type === 'NULL') return [{ BOOL: true }];
  if (type === 'L') {
    const items = content as object[];
    return [
      { L: [...items, { NULL: true }] },
      ...items.flatMap((item, i) => changed(item).map((other) => ({ L: items.with(i, other) }))),
    ];
  }
  if (type === 'M') {
    const entries = Object.entries(content as Record<string, object>);
    return entries.flatMap(([name, item]) => [
      ...changed(item).map((other) => ({ M: { ...(content as object), [name]: other } })),
      { M: Object.fromEntries(entries.filter(([key]) => key !== name)) },
    ]);
  }
  const items = content as string[];
  const unused = type === 'NS' ? '0.5' : Buffer.alloc(9).toString('base64');
  return [
    { [type]: items.slice(1) },
    { [type]: [...items, unused] },
    ...items.map((_, i) => ({ [type]: items.with(i, unused) })),
  ];
}

test('equal: any value with all sets reordered and in both forms of binary', () => {
  fc.assert(
    fc.property(value, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (tree, numbers) => {
      const other = reordered(tree, () => numbers.next().value ?? 0);
      assert.equal(isSameValue(tree, other), true);
      assert.equal(isSameValue(other, tree), true);
    }),
  );
});

test('not equal: any value with one changed leaf', () => {
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

test('accepts any JSON as an attribute value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (first, second) => {
      assert.equal(typeof isSameValue(first, second), 'boolean');
      assert.equal(isSameValue({ SS: first }, structuredClone({ SS: first })), true);
      assert.equal(isSameValue({ M: first }, structuredClone({ M: first })), true);
      assert.equal(isSameValue({ B: first }, structuredClone({ B: first })), true);
    }),
  );
});
