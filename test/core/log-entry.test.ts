import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginningOf, fits, type LogFilter, loggedAttempts, needleOf } from '../../functions/core/log-entry.ts';
import { anyText } from '../support/any-text.ts';
import { logEntry } from '../support/log-entries.ts';

test('keeps the first 1 KiB of a response, cut between two characters', () => {
  const text = fc.oneof(anyText({ maxLength: 1500 }), fc.string({ unit: 'grapheme', maxLength: 400 }));
  const long = fc.tuple(text, fc.nat(1100)).map(([end, length]) => 'x'.repeat(length) + end);
  fc.assert(
    fc.property(long, (body) => {
      const kept = beginningOf(body);
      const bytes = Buffer.byteLength(kept);
      assert.ok(body.startsWith(kept) && bytes <= 1024);
      const next = [...body.slice(kept.length)][0];
      assert.ok(next === undefined || bytes + Buffer.byteLength(next) > 1024, 'the next character does not fit');
      assert.equal(Buffer.from(kept).toString(), kept);
    }),
    { numRuns: 1000 },
  );
});

test('keeps a response that is not valid UTF-8', () => {
  const body = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80]).toString();
  assert.equal(beginningOf(body), body);
});

const entry = logEntry({ trigger: 'case.edit', outcome: 'failed', at: 1000, formattedString: '?AccountID=%C3%96+a1' });
const filters: [filter: LogFilter, matches: boolean][] = [
  [{}, true],
  [{ trigger: 'case.edit' }, true],
  [{ trigger: 'case.create' }, false],
  [{ outcomes: ['failed'] }, true],
  [{ outcomes: ['throttled', 'failed'] }, true],
  [{ outcomes: ['delivered'] }, false],
  [{ id: entry.id }, true],
  [{ id: entry.id.slice(0, -1) }, false],
  [{ text: 'a1' }, true],
  [{ text: '%C3%96' }, true],
  [{ text: 'Ö' }, true],
  [{ text: '\ud800' }, false],
  [{ text: 'a2' }, false],
  [{ since: 1000 }, true],
  [{ since: 1001 }, false],
  [{ trigger: 'case.edit', outcomes: ['gone'] }, false],
];

for (const [filter, matches] of filters)
  test(`${JSON.stringify(filter)} ${matches ? 'matches' : 'does not match'} the attempt`, () => {
    assert.equal(fits(filter)(entry), matches);
  });

const needles: readonly [filter: LogFilter, needle: string][] = [
  [{}, ''],
  [{ trigger: 'case.edit' }, ''],
  [{ id: 'msg_1' }, 'msg_1'],
  [{ text: 'a-1.~_' }, 'a-1.~_'],
  [{ id: 'msg_1', text: 'a1' }, 'msg_1'],
  [{ text: 'a b' }, ''],
  [{ text: ' a' }, ''],
  [{ text: 'Ö' }, ''],
  [{ text: '"' }, ''],
];

for (const [filter, needle] of needles)
  test(`the JSON of each entry that ${JSON.stringify(filter)} matches contains "${needle}"`, () => {
    assert.equal(needleOf(filter), needle);
  });

test('logs all attempts, those that were not delivered, or none', () => {
  const outcomes = ['delivered', 'failed', 'gone', 'blocked'] as const;
  const kept = (logged: keyof typeof loggedAttempts) =>
    outcomes.filter((outcome) => loggedAttempts[logged](logEntry({ outcome })));
  assert.deepEqual([kept('all'), kept('failures'), kept('off')], [outcomes, ['failed', 'gone', 'blocked'], []]);
});
