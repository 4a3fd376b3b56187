import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginningOf, fits, type LogFilter, loggedAttempts } from '../../functions/core/log-entry.ts';
import { anyText } from '../support/any-text.ts';
import { logEntry } from '../support/log-entries.ts';

test('of a body the first 1 KiB is kept, and no character is cut', () => {
  const text = fc.oneof(anyText({ maxLength: 1500 }), fc.string({ unit: 'grapheme', maxLength: 400 }));
  const long = fc.tuple(text, fc.nat(1100)).map(([end, length]) => 'x'.repeat(length) + end);
  fc.assert(
    fc.property(long, (body) => {
      const kept = beginningOf(body);
      const bytes = Buffer.byteLength(kept);
      assert.ok(body.startsWith(kept) && bytes <= 1024);
      const next = [...body.slice(kept.length)][0];
      assert.ok(next === undefined || bytes + Buffer.byteLength(next) > 1024, 'no more would have had room');
      assert.equal(Buffer.from(kept).toString(), kept);
    }),
    { numRuns: 1000 },
  );
});

test('bytes that are no UTF-8 are kept as text', () => {
  const body = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80]).toString();
  assert.equal(beginningOf(body), body);
});

const entry = logEntry({ trigger: 'case.edit', outcome: 'failed', at: 1000, formattedString: '?AccountID=%C3%96+a1' });
const filters: [LogFilter, boolean][] = [
  [{}, true],
  [{ trigger: 'case.edit' }, true],
  [{ trigger: 'case.create' }, false],
  [{ outcome: 'failed' }, true],
  [{ outcome: 'delivered' }, false],
  [{ id: entry.id }, true],
  [{ id: entry.id.slice(0, -1) }, false],
  [{ text: 'a1' }, true],
  [{ text: '%C3%96' }, true],
  [{ text: 'Ö' }, true],
  [{ text: '\ud800' }, false],
  [{ text: 'a2' }, false],
  [{ since: 1000 }, true],
  [{ since: 1001 }, false],
  [{ trigger: 'case.edit', outcome: 'gone' }, false],
];

for (const [filter, isMeant] of filters)
  test(`${JSON.stringify(filter)} ${isMeant ? 'finds' : 'leaves out'} an attempt`, () => {
    assert.equal(fits(filter)(entry), isMeant);
  });

test('all, failures or none are logged; what is a failure is whatever was not delivered', () => {
  const outcomes = ['delivered', 'failed', 'gone', 'blocked'] as const;
  const kept = (logged: keyof typeof loggedAttempts) =>
    outcomes.filter((outcome) => loggedAttempts[logged](logEntry({ outcome })));
  assert.deepEqual([kept('all'), kept('failures'), kept('off')], [outcomes, ['failed', 'gone', 'blocked'], []]);
});
