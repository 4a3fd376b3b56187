import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isMarked, isSameBut } from '../../functions/core/row-rules.ts';

const text = (S: string) => ({ S });

const edits: [title: string, before: object | undefined, after: object | undefined, same: boolean][] = [
  ['an ignored attribute changed', { a: text('1'), t: text('1') }, { a: text('1'), t: text('2') }, true],
  ['an ignored attribute was added', { a: text('1') }, { a: text('1'), t: text('1') }, true],
  ['an ignored attribute was removed', { a: text('1'), t: text('1') }, { a: text('1') }, true],
  ['another attribute changed too', { a: text('1'), t: text('1') }, { a: text('2'), t: text('2') }, false],
  ['another attribute was added', { t: text('1') }, { a: text('1'), t: text('2') }, false],
  ['another attribute was removed', { a: text('1'), t: text('1') }, { t: text('2') }, false],
  ['only the type of an attribute changed', { a: text('1') }, { a: { N: '1' } }, false],
  ['a value in a map changed', { a: { M: { t: text('1') } } }, { a: { M: { t: text('2') } } }, false],
  ['an attribute with a name that every object inherits was added', {}, { constructor: text('1') }, false],
  ['a set is in another order', { a: { SS: ['x', 'y'] } }, { a: { SS: ['y', 'x'] } }, true],
  [
    'a set in a map is in another order',
    { a: { M: { b: { NS: ['1', '2'] } } } },
    { a: { M: { b: { NS: ['2', '1'] } } } },
    true,
  ],
  ['a set has another element', { a: { SS: ['x', 'y'] } }, { a: { SS: ['x', 'z'] } }, false],
  ['a list is in another order', { a: { L: [text('x'), text('y')] } }, { a: { L: [text('y'), text('x')] } }, false],
  ['an attribute of replication changed', { a: text('1') }, { a: text('1'), 'aws:rep:deleting': { BOOL: true } }, true],
  [
    'an attribute with the prefix of replication changed in a map',
    { a: { M: {} } },
    { a: { M: { 'aws:rep:deleting': { BOOL: true } } } },
    false,
  ],
  ['the row before is missing', undefined, { a: text('1') }, false],
  ['the row after is missing', { a: text('1') }, undefined, false],
];

for (const [title, before, after, same] of edits)
  test(`a row is ${same ? 'the same' : 'not the same'} if ${title}`, () => {
    assert.equal(isSameBut(['t', 'u'], before as never, after as never), same);
  });

const value = fc.oneof(
  fc.record({ S: fc.string() }),
  fc.record({ N: fc.integer().map(String) }),
  fc.record({ L: fc.array(fc.record({ S: fc.string() })) }),
);
const row = fc.dictionary(fc.string({ maxLength: 2 }), value);

test('a row is the same if, and only if, it is equal without the ignored attributes', () => {
  fc.assert(
    fc.property(row, row, fc.array(fc.string({ maxLength: 2 })), fc.boolean(), (before, other, ignored, related) => {
      const after = related ? { ...before, ...Object.fromEntries(ignored.map((name) => [name, text('new')])) } : other;
      const without = (row: object) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !ignored.includes(name)));
      const equal = JSON.stringify(sorted(without(before))) === JSON.stringify(sorted(without(after)));
      assert.equal(isSameBut(ignored, before, after), equal);
    }),
  );
});

const sorted = (row: object) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));

const writes: [title: string, before: object | undefined, after: object | undefined, marked: boolean][] = [
  ['an edit that changes the attribute', { by: text('1') }, { by: text('2') }, true],
  ['an edit that adds the attribute', {}, { by: text('1') }, true],
  ['a create with the attribute', undefined, { by: text('1') }, true],
  ['an edit of another attribute in a marked row', { by: text('1'), a: text('1') }, { by: text('1') }, false],
  ['an edit that removes the attribute', { by: text('1') }, {}, false],
  ['a delete of a marked row', { by: text('1') }, undefined, false],
  ['an edit that reorders a set', { by: { SS: ['x', 'y'] } }, { by: { SS: ['y', 'x'] } }, false],
  ['an edit that adds to a set', { by: { SS: ['x', 'y'] } }, { by: { SS: ['y', 'x', 'z'] } }, true],
  [
    'an edit that reorders a set in a list',
    { by: { L: [{ BS: ['AQ==', 'Ag=='] }] } },
    { by: { L: [{ BS: ['Ag==', 'AQ=='] }] } },
    false,
  ],
  ['an edit that reorders a list', { by: { L: [text('x'), text('y')] } }, { by: { L: [text('y'), text('x')] } }, true],
  ['a create without the attribute', undefined, { a: text('1') }, false],
];

for (const [title, before, after, marked] of writes)
  test(`${title} is ${marked ? '' : 'not '}marked`, () => {
    assert.equal(isMarked('by', before as never, after as never), marked);
  });

test('a write marks a row with a name that every object inherits only if it sets that attribute', () => {
  assert.equal(isMarked('constructor', undefined, { a: text('1') }), false);
  assert.equal(isMarked('constructor', { a: text('1') }, { constructor: text('1') }), true);
});
