import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly inBundle?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

/** A folder of the repository. It depends on the packages that contain Node, which are locked like all others. */
const PINNED_NODE = 'tools/node';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(`${root}${name}`, 'utf8'));
const manifest = read('package.json');
const locked: [string, Locked][] = Object.entries<Locked>(read('package-lock.json').packages).filter(
  ([at, { link }]) => at !== '' && at !== PINNED_NODE && !link,
);
const production = locked.filter(([, { dev }]) => !dev);

/** `@aws-sdk/core@3.1`, for `node_modules/x/node_modules/@aws-sdk/core`. */
const named = (at: string, { version }: Locked) => `${at.split('node_modules/').at(-1)}@${version}`;

test('every version in package.json is exact', () => {
  const { 'pinned-node': pinned, ...others } = { ...manifest.dependencies, ...manifest.devDependencies };
  assert.equal(pinned, `file:${PINNED_NODE}`);
  const { optionalDependencies } = read(`${PINNED_NODE}/package.json`);
  for (const [name, version] of Object.entries({ ...others, ...optionalDependencies }))
    assert.match(version as string, /^\d+\.\d+\.\d+$/, name);
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

/** Licenses that only require attribution. */
const allowed = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

test('all deployed and published packages have a license that only requires attribution', (t) => {
  const count: Record<string, number> = {};
  for (const [at, entry] of production) {
    const offered = (entry.license ?? 'none').replace(/^\((.*)\)$/, '$1').split(' OR ');
    const chosen = offered.find((licence) => allowed.includes(licence));
    assert.ok(chosen, `${named(at, entry)}: ${entry.license}`);
    count[chosen] = (count[chosen] ?? 0) + 1;
  }
  const list = Object.entries(count).map(([licence, packages]) => `${packages} ${licence}`);
  t.diagnostic(`licences: ${list.join(', ')}`);
});

test('the functions and the command line use only production dependencies', async (t) => {
  const { metafile } = await build({
    entryPoints: [...globSync('functions/*/index.ts', { cwd: root }), 'cli/main.ts'],
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    metafile: true,
    outdir: 'dist',
    platform: 'node',
    write: false,
  });
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  assert.ok(packages.size > 10);
  const known = new Set(production.map(([at]) => at));
  assert.deepEqual(
    [...packages].filter((at) => !known.has(at)),
    [],
  );
  t.diagnostic(`bundled packages: ${packages.size} of ${production.length}`);
});

test('the bill of materials lists all deployed and published packages with version and license', () => {
  const bill = JSON.parse(execFileSync(process.execPath, [`${root}cli/sbom.ts`], { encoding: 'utf8' }));
  assert.equal(bill.bomFormat, 'CycloneDX');
  assert.equal(bill.metadata.component.name, manifest.name);
  const components: { name: string; version: string; licenses: unknown[] }[] = bill.components;
  assert.deepEqual(
    components.map(({ name, version }) => `${name}@${version}`).sort(),
    [...new Set(production.map(([at, entry]) => named(at, entry)))].sort(),
  );
  for (const { name, licenses } of components) assert.ok(licenses.length > 0, name);
});
