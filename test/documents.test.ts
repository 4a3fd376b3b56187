import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { generatedDocuments } from '../cli/docs/generated.ts';
import { headline } from './bench/headline.ts';
import { inserted } from './bench/markdown.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(`${root}${name}`, 'utf8');

for (const document of ['SECURITY.md', 'ARCHITECTURE.md'])
  test(`every test that ${document} names is there`, () => {
    const named = [...read(document).matchAll(/\btest\/[\w./-]+/g)].map(([path]) => path.replace(/[.]$/, ''));
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

test('SECURITY.md names a test for each threat and each mistake', () => {
  const rows = read('SECURITY.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:threat|mistake) \|/.test(line));
  assert.ok(rows.length > 30);
  for (const row of rows) {
    const [, , control = '', tests = ''] = row.split('|').map((cell) => cell.trim());
    assert.ok(control.length > 10, row);
    assert.match(tests, /^test\/[\w./-]+\.ts(?:, test\/[\w./-]+\.ts)*$/, row);
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

const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

/** The anchors of a document's headings, as GitHub makes them. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

test('every link between the documents leads to a file and a heading that are there', () => {
  assert.ok(documents.length >= 15);
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? document : join(dirname(document), path);
        if (!existsSync(join(root, target))) return true;
        return anchor !== undefined && !anchors(read(target)).includes(anchor);
      })
      .map((link) => `${document}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test('the README has at most 200 lines', () => {
  assert.ok(read('README.md').split('\n').length <= 200);
});

test('the generated documents are as `npm run docs` writes them', async () => {
  for (const [path, content] of await generatedDocuments()) assert.equal(read(path), content, `${path}: npm run docs`);
});
