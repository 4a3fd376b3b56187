import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { headline } from './bench/headline.ts';
import { inserted } from './bench/markdown.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(`${root}${name}`, 'utf8');

/** All titles under a folder of tests, as they stand in the code. */
const titles = (folder: string) =>
  globSync(`test/${folder}/**/*.test.ts`, { cwd: root })
    .flatMap((file) => [...read(file).matchAll(/\btest\(\s*(?:'(.*)'|"(.*)"|`(.*)`),/g)])
    .map(([, ...quoted]) => quoted.join(''));

/** `folder: *title*, *title …*`, as SECURITY.md and ARCHITECTURE.md name what shows a promise to hold. */
const named = (text: string) =>
  [...text.matchAll(/\b(\w+): ((?:\*[^*|]+\*(?:[,;] )?)+)/g)].flatMap(([, folder = '', list = '']) =>
    [...list.matchAll(/\*([^*]+)\*/g)].map(([, title = '']) => ({ folder, title })),
  );

for (const document of ['SECURITY.md', 'ARCHITECTURE.md'])
  test(`every test that ${document} names is there`, () => {
    const list = named(read(document));
    assert.ok(list.length > 0);
    for (const { folder, title } of list) {
      const parts = title.split('…').map((part) => part.trim());
      const found = titles(folder).some((is) => parts.every((part) => is.includes(part)));
      assert.ok(found, `${folder}: ${title}`);
    }
  });

test('the README says of speed and cost what the bench found last, and nothing else', () => {
  const found = headline(JSON.parse(read('test/bench/figures.json')));
  assert.doesNotMatch(found, /NaN/);
  assert.equal(inserted(read('README.md'), 'headline', found), read('README.md'));
});

test('no source takes the pathname of a URL for the path of a file', () => {
  const own = globSync(['{functions,infra,test}/**/*.{ts,tsx,mjs}', '.ci/*', '*.{js,mjs,ts}'], { cwd: root });
  assert.ok(own.length > 300);
  const wrong = own
    .filter((file) => !/\.stryker|screenshots/.test(file))
    .filter((file) => /import\.meta\.(?:url|resolve\([^)]*\))\)?\s*\)?\s*\.(?:pathname|href\.slice)/.test(read(file)));
  assert.deepEqual(wrong, []);
});
