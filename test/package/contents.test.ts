import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { run } from '../../cli/local/process.ts';
import { root } from '../../infra/folders.ts';
import { linters } from '../support/linters.ts';
import { packed } from '../support/packed.ts';
import { interrupted } from '../support/processes.ts';

const MOST_BYTES = 1_500_000;

let tarball: string;
let names: string[];

before(async () => {
  tarball = await packed();
  const list = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
  names = list
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''));
});

/** The text of a file in the tarball. */
const read = (name: string) =>
  execFileSync('tar', ['-xzOf', tarball, `package/${name}`], { encoding: 'utf8', maxBuffer: 2 ** 26 });

/** Runs a linter. */
const lint = async (name: string, ...words: string[]) =>
  run(join(await linters(), 'node_modules', '.bin', name), words, {}, interrupted);

test('contains compiled code, declarations, the functions, the page and the bill of materials, and no TypeScript', () => {
  const code = names.filter((name) => name.startsWith('dist/') && !name.startsWith('dist/types/'));
  for (const name of [
    'construct.cjs',
    'command-line.js',
    'crm-triggers.js',
    'sbom.cdx.json',
    ...['capture', 'deliver', 'drain', 'console'].map((folder) => `handlers/${folder}/index.mjs`),
    ...['index.html', 'page.js', 'page.css', 'icon.svg'].map((file) => `handlers/console/page/${file}`),
  ])
    assert.ok(code.includes(`dist/${name}`), name);
  assert.deepEqual(
    names.filter((name) => /\.tsx?$/.test(name)),
    [],
  );
});

test('contains no path of the machine that built it', () => {
  const all = execFileSync('tar', ['-xzOf', tarball], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  assert.ok(all.includes('CrmTriggers'));
  for (const path of [root, tmpdir(), homedir()])
    assert.equal(all.includes(`${path.replace(/\/$/, '')}/`), false, path);
});

test('its declarations refer only to declarations in the package and to peer dependencies', () => {
  const declarations = names.filter((name) => name.endsWith('.d.cts'));
  assert.ok(declarations.length >= 5);
  for (const name of declarations)
    for (const [, from = ''] of read(name).matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      const isOwn = from.startsWith('.') && declarations.includes(join(name, '..', from.replace(/\.cjs$/, '.d.cts')));
      assert.ok(isOwn || /^(?:aws-cdk-lib|constructs)(?:\/|$)/.test(from), `${name}: ${from}`);
    }
});

test('its manifest has no dependencies but the optional peers, and names the repository', () => {
  const manifest = JSON.parse(read('package.json'));
  assert.equal(manifest.dependencies, undefined);
  assert.deepEqual(Object.keys(manifest.peerDependencies), ['aws-cdk-lib', 'constructs']);
  assert.deepEqual(Object.keys(manifest.peerDependenciesMeta), ['aws-cdk-lib', 'constructs']);
  for (const url of [manifest.homepage, manifest.repository.url, manifest.bugs.url])
    assert.match(url, /^(?:git\+)?https:\/\//);
  assert.equal(manifest.private, undefined);
});

test(`has at most ${MOST_BYTES.toLocaleString('en')} bytes`, (t) => {
  const { size } = statSync(tarball);
  t.diagnostic(`package: ${size} bytes, ${names.length} files`);
  assert.ok(size <= MOST_BYTES, `${size} bytes`);
});

test('publint finds nothing', async () => {
  const printed = await lint('publint', tarball, '--strict');
  assert.match(printed, /All good!/);
});

test('arethetypeswrong finds nothing', async () => {
  const printed = await lint('attw', tarball, '--no-emoji', '--format', 'ascii');
  assert.match(printed, /No problems found/);
});
