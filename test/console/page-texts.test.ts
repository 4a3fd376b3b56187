import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../infra/folders.ts';

/** Texts in markup: between two tags, on a separate line, in attributes that are shown or read aloud, and in strings. */
const texts = [
  />\s*[A-Z][a-z][\w ,.:…]*\s*<\//,
  /^\s*[A-Z][a-z]+(?: [\w,.'’:…]+)*$/,
  /\b(?:aria-label|label|placeholder|title)="/,
  /'(?!Escape')[A-Z][a-z][^']*'/,
];

test('components contain no texts: all texts of the page are in the folder texts', () => {
  const files = globSync('functions/console/page/**/*.tsx', { cwd: root });
  assert.ok(files.length > 20);
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => texts.some((pattern) => pattern.test(line)))
      .map((line) => `${file}: ${line.trim()}`),
  );
  assert.deepEqual(found, []);
});
