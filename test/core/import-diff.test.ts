import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Imported, importDiff } from '../../functions/core/import-diff.ts';

const trigger = 'task.edit';
const [one, other] = ['https://example.com/one', 'https://example.com/other'];

const cases: readonly [title: string, change: Imported, lines: readonly string[]][] = [
  ['a changed URL', { trigger, was: one, is: other }, [`- ${one}`, `+ ${other}`]],
  ['a new URL', { trigger, was: null, is: one }, [`+ ${one}`]],
  ['a cleared URL', { trigger, was: one, is: null }, [`- ${one}`]],
  [
    'a URL that differs in a masked value',
    { trigger, was: one, is: one },
    [`- ${one}`, `+ ${one}  (a masked value differs)`],
  ],
  ['a new limit', { trigger, setting: 'maxPerSecond', was: null, is: 5 }, ['+ at most 5/s']],
  ['a changed limit', { trigger, setting: 'maxPerSecond', was: 5, is: 0.5 }, ['- at most 5/s', '+ at most 0.5/s']],
  ['a removed limit', { trigger, setting: 'maxPerSecond', was: 5, is: null }, ['- at most 5/s']],
  ['merging that begins', { trigger, setting: 'coalesce', was: false, is: true }, ['+ merges pending edits']],
];

for (const [title, change, lines] of cases)
  test(`shows ${title} as lines that go and lines that come`, () => {
    const shown = importDiff([change]);
    assert.deepEqual(
      shown.map(({ sign, text }) => `${sign} ${text}`),
      lines,
    );
    assert.ok(shown.every((line) => line.trigger === trigger));
  });

test('shows the lines of all changes in their order', () => {
  const lines = importDiff([
    { trigger, was: null, is: one },
    { trigger: 'case.edit', was: null, is: other },
  ]);
  assert.deepEqual(
    lines.map((line) => line.trigger),
    [trigger, 'case.edit'],
  );
});
