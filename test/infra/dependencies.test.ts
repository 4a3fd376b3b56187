import assert from 'node:assert/strict';
import { globSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { billOfMaterials, publishedPackages } from '../../cli/package/published.ts';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
const manifest = read('package.json');

/** The folders whose packages npm installs: the repository, and what is installed apart at first use. */
const folders = globSync('**/package-lock.json', {
  cwd: root,
  exclude: (name) => ['node_modules', '.emulator', '.stryker'].includes(name),
}).map((file) => dirname(file));

/** Folders of the repository that package.json names as packages. */
const linked = ['tools/node', 'tools/node/launcher'];

const locked: [string, Locked][] = folders
  .flatMap((folder) => Object.entries<Locked>(read(`${folder}/package-lock.json`).packages))
  .filter(([at, { link }]) => at !== '' && !linked.includes(at) && !link);

const published = [...(await publishedPackages())] as [string, Locked][];

/** `@aws-sdk/core@3.1`, for `node_modules/x/node_modules/@aws-sdk/core`. */
const named = (at: string, { version }: Locked) => `${at.split('node_modules/').at(-1)}@${version}`;

test('every version in a manifest is exact', () => {
  assert.equal(manifest.dependencies, undefined, 'the npm package contains bundles');
  assert.ok(folders.includes('.') && folders.includes('test') && folders.includes(join('tools', 'node', '24')));
  for (const folder of [...folders, ...linked]) {
    const { dependencies, devDependencies, optionalDependencies } = read(`${folder}/package.json`);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      assert.match(version as string, /^(\d+\.\d+\.\d+|file:[\w/]+)$/, `${name} in ${folder}`);
  }
});

test('every package is locked by its hash, and is from the registry or bundled in another package', () => {
  for (const [at, { integrity, inBundle, resolved }] of locked) {
    assert.ok(inBundle || integrity?.startsWith('sha512-'), at);
    assert.match(resolved ?? 'https://registry.npmjs.org/', /^https:\/\/registry\.npmjs\.org\//, at);
  }
});

test('only the packages in allowScripts of package.json run install scripts', () => {
  const running = locked
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([at]) => at.split('node_modules/')[1]);
  assert.deepEqual(running.sort(), Object.keys(manifest.allowScripts).sort());
});

/** The most that the packages of the demonstration may take on the disk, with each hard link counted. */
const MOST_MB = 350;

test(`npm ci installs at most ${MOST_MB} MB, without the tools for tests and checks`, (t) => {
  const installed = join(root, 'node_modules');
  const entries = readdirSync(installed, { recursive: true, withFileTypes: true });
  const blocks = entries.map((entry) => lstatSync(join(entry.parentPath, entry.name)).blocks ?? 0);
  const megabytes = Math.round((blocks.reduce((sum, of) => sum + of, 0) * 512) / 2 ** 20);
  t.diagnostic(`node_modules: ${megabytes} MB`);
  assert.ok(megabytes <= MOST_MB, `${megabytes} MB`);
  const { devDependencies } = read('test/package.json');
  assert.deepEqual(
    Object.keys(devDependencies).filter((name) => manifest.devDependencies[name]),
    [],
  );
});

/** Licenses that only require attribution. */
const allowed = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

test('all deployed and published packages have a license that only requires attribution', (t) => {
  const count: Record<string, number> = {};
  for (const [at, entry] of published) {
    const offered = (entry.license ?? 'none').replace(/^\((.*)\)$/, '$1').split(' OR ');
    const chosen = offered.find((licence) => allowed.includes(licence));
    assert.ok(chosen, `${named(at, entry)}: ${entry.license}`);
    count[chosen] = (count[chosen] ?? 0) + 1;
  }
  const list = Object.entries(count).map(([licence, packages]) => `${packages} ${licence}`);
  t.diagnostic(`licences: ${list.join(', ')}`);
});

test('the bundles contain the packages that they should, and none of the development', (t) => {
  const names = published.map(([at]) => at.split('node_modules/').at(-1));
  for (const name of ['undici', 'zod', 'hono', 'preact', 'commander', '@aws-sdk/client-dynamodb'])
    assert.ok(names.includes(name), name);
  for (const name of ['aws-cdk-lib', 'esbuild', 'typescript', 'fast-check', 'axios'])
    assert.ok(!names.includes(name), name);
  t.diagnostic(`published packages: ${published.length}`);
});

test('the bill of materials lists all deployed and published packages with version and license', async () => {
  const bill = JSON.parse(await billOfMaterials());
  assert.equal(bill.bomFormat, 'CycloneDX');
  assert.equal(bill.metadata.component.name, manifest.name);
  const components: { name: string; version: string; licenses: unknown[] }[] = bill.components;
  assert.deepEqual(
    components.map(({ name, version }) => `${name}@${version}`).sort(),
    [...new Set(published.map(([at, entry]) => named(at, entry)))].sort(),
  );
  for (const { name, licenses } of components) assert.ok(licenses.length > 0, name);
});
