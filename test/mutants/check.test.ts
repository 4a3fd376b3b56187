import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checked, type Equivalent, type Report } from './check.ts';

const source = 'const a = 1 + 2;\nconst b =\n  c > 2;\n';

function mutant(status: string, replacement: string, line = 1, column = 11, endColumn = 16) {
  return { status, replacement, location: { start: { line, column }, end: { line, column: endColumn } } };
}

const reportOf = (...mutants: ReturnType<typeof mutant>[]): Report => ({ files: { 'a.ts': { source, mutants } } });
const same: Equivalent = { file: 'a.ts', code: '1 + 2', replacement: '1 - 2', reason: 'a reason' };

test('counts killed, timed out and survived mutants, but not ignored ones', () => {
  const report = reportOf(
    mutant('Killed', 'x'),
    mutant('RuntimeError', 'x'),
    mutant('Timeout', 'x'),
    mutant('Survived', '1 - 2'),
    mutant('Ignored', 'x'),
  );
  const { share, mutants, killed, timeouts, equivalent, survivors } = checked(report, []);
  assert.deepEqual(
    { share, mutants, killed, timeouts, equivalent },
    { share: 0.75, mutants: 4, killed: 2, timeouts: 1, equivalent: 0 },
  );
  assert.deepEqual(survivors, [{ file: 'a.ts', line: 1, code: '1 + 2', replacement: '1 - 2' }]);
});

test('counts a mutant that no test reaches as survived', () => {
  assert.equal(checked(reportOf(mutant('NoCoverage', 'x'), mutant('Killed', 'x')), []).share, 0.5);
});

test('does not count an equivalent mutant in the killed share', () => {
  const { share, mutants, equivalent, survivors, unmatched } = checked(
    reportOf(mutant('Survived', '1 - 2'), mutant('Killed', 'x')),
    [same],
  );
  assert.deepEqual([share, mutants, equivalent, survivors, unmatched], [1, 2, 1, [], []]);
});

test('matches an equivalent with a line only to code that starts in that line', () => {
  const at = (line: string) => checked(reportOf(mutant('Survived', '1 - 2')), [{ ...same, line }]).equivalent;
  assert.deepEqual([at('const a = 1 + 2;'), at('const z = 1 + 2;')], [1, 0]);
});

test('lists equivalents that match no mutant of their file, unless the file was not mutated', () => {
  const stale = { ...same, code: '9' };
  const elsewhere = { ...same, file: 'b.ts' };
  assert.deepEqual(checked(reportOf(mutant('Killed', '1 - 2')), [same, stale, elsewhere]).unmatched, [stale]);
});

test('returns a killed share of 1 for a report without mutants', () => {
  assert.equal(checked({ files: {} }, []).share, 1);
});
