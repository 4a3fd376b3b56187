import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isMarked, isSameBut } from '../../functions/core/row-rules.ts';

const text = (S: string) => ({ S });

const edits: [title: string, before: object | undefined, after: object | undefined, same: boolean][] = [
  ['an ignored attribute changed', { a: text('1'), t: text('1') }, { a: text('1'), t: text('2') }, true],
  ['an ignored attribute came', { a: text('1') }, { a: text('1'), t: text('1') }, true],
  ['an ignored attribute went', { a: text('1'), t: text('1') }, { a: text('1') }, true],
  ['another changed too', { a: text('1'), t: text('1') }, { a: text('2'), t: text('2') }, false],
  ['another came', { t: text('1') }, { a: text('1'), t: text('2') }, false],
  ['another went', { a: text('1'), t: text('1') }, { t: text('2') }, false],
  ['only its type changed', { a: text('1') }, { a: { N: '1' } }, false],
  ['something inside changed', { a: { M: { t: text('1') } } }, { a: { M: { t: text('2') } } }, false],
  ['a name that every object knows came', {}, { constructor: text('1') }, false],
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
  ['one inside a map changed', { a: { M: {} } }, { a: { M: { 'aws:rep:deleting': { BOOL: true } } } }, false],
  ['the row before is missing', undefined, { a: text('1') }, false],
  ['the row after is missing', { a: text('1') }, undefined, false],
];

for (const [title, before, after, same] of edits)
  test(`an edit counts ${same ? 'for nothing' : ''} when ${title}`, () => {
    assert.equal(isSameBut(['t', 'u'], before as never, after as never), same);
  });

const value = fc.oneof(
  fc.record({ S: fc.string() }),
  fc.record({ N: fc.integer().map(String) }),
  fc.record({ L: fc.array(fc.record({ S: fc.string() })) }),
);
const row = fc.dictionary(fc.string({ maxLength: 2 }), value);

test('an edit counts for nothing exactly when the rows are equal without what is ignored', () => {
  fc.assert(
    fc.property(row, row, fc.array(fc.string({ maxLength: 2 })), fc.boolean(), (one, other, ignored, related) => {
      const after = related ? { ...one, ...Object.fromEntries(ignored.map((name) => [name, text('new')])) } : other;
      const without = (of: object) =>
        Object.fromEntries(Object.entries(of).filter(([name]) => !ignored.includes(name)));
      const equal = JSON.stringify(sorted(without(one))) === JSON.stringify(sorted(without(after)));
      assert.equal(isSameBut(ignored, one, after), equal);
    }),
  );
});

const sorted = (of: object) => Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));

const writes: [title: string, before: object | undefined, after: object | undefined, marked: boolean][] = [
  ['an edit that gives it a new value', { by: text('1') }, { by: text('2') }, true],
  ['an edit that gives it its first value', {}, { by: text('1') }, true],
  ['a create with it', undefined, { by: text('1') }, true],
  ["somebody else's edit of a row that was marked before", { by: text('1'), a: text('1') }, { by: text('1') }, false],
  ['an edit that takes it away', { by: text('1') }, {}, false],
  ['a delete of a row that was marked before', { by: text('1') }, undefined, false],
  ['an edit that gives its set another order', { by: { SS: ['x', 'y'] } }, { by: { SS: ['y', 'x'] } }, false],
  ['an edit that adds to its set', { by: { SS: ['x', 'y'] } }, { by: { SS: ['y', 'x', 'z'] } }, true],
  [
    'an edit that reorders a set in its list',
    { by: { L: [{ BS: ['AQ==', 'Ag=='] }] } },
    { by: { L: [{ BS: ['Ag==', 'AQ=='] }] } },
    false,
  ],
  [
    'an edit that reorders its list',
    { by: { L: [text('x'), text('y')] } },
    { by: { L: [text('y'), text('x')] } },
    true,
  ],
  ['a create without it', undefined, { a: text('1') }, false],
];

for (const [title, before, after, marked] of writes)
  test(`${title} is ${marked ? '' : 'not '}marked`, () => {
    assert.equal(isMarked('by', before as never, after as never), marked);
  });

test('a name that every object has is marked only by a write of it', () => {
  assert.equal(isMarked('constructor', undefined, { a: text('1') }), false);
  assert.equal(isMarked('constructor', { a: text('1') }, { constructor: text('1') }), true);
});
