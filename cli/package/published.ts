import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../infra/folders.ts';
import { commandLine, construct } from './bundles.ts';

/** A package in package-lock.json. */
interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

/**
 * The packages whose code is deployed or published, with all packages that they depend on, by their paths in package-lock.json. The
 * dependencies in package.json are all of the development, because the npm package contains bundles.
 */
export async function publishedPackages(): Promise<ReadonlyMap<string, Locked>> {
  const packages: Record<string, Locked> = read('package-lock.json').packages;
  const found = new Map<string, Locked>();
  const add = (path: string) => {
    const locked = packages[path];
    if (!locked || found.has(path)) return;
    found.set(path, locked);
    for (const name of Object.keys(locked.dependencies ?? {})) add(resolved(packages, path, name));
  };
  for (const path of await bundledPackages()) add(path);
  return found;
}

/** The path of a dependency: in the package itself, or in a folder above it, as Node finds it. */
function resolved(packages: Readonly<Record<string, Locked>>, from: string, name: string): string {
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at}/node_modules/${name}`;
    if (packages[path]) return path;
  }
  return `node_modules/${name}`;
}

/** The packages that a bundle contains: of a function, the page, the command line or the constructs. */
async function bundledPackages(): Promise<ReadonlySet<string>> {
  const entryPoints = [...globSync('functions/*/index.ts', { cwd: root }), 'functions/console/page/main.tsx'];
  const all = await Promise.all(
    [commandLine, construct, { ...commandLine, entryPoints, jsx: 'automatic' as const, jsxImportSource: 'preact' }].map(
      (options) => build({ ...options, metafile: true, outdir: 'dist', write: false, logLevel: 'error' }),
    ),
  );
  const inputs = all.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  return new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
}

/**
 * Runs npm on the published packages alone.
 *
 * @returns What npm prints.
 */
async function npmOnPublished(...words: readonly string[]): Promise<string> {
  const { name, version, license, devDependencies } = read('package.json');
  const packages = Object.fromEntries(await publishedPackages());
  const dependencies = Object.fromEntries(
    Object.entries(devDependencies).filter(([dependency]) => packages[`node_modules/${dependency}`]),
  );
  const manifest = { name, version, license, dependencies };
  const temporary = mkdtempSync(join(tmpdir(), 'crm-triggers-published-'));
  try {
    // npm names the root component after its folder.
    const folder = join(temporary, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    const used = Object.entries(packages).map(([path, { dev: _, ...locked }]: [string, Locked & { dev?: boolean }]) => [
      path,
      locked,
    ]);
    const lock = { ...read('package-lock.json'), packages: { '': manifest, ...Object.fromEntries(used) } };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    // `npm run --silent` would silence this npm too.
    const env = { ...process.env, npm_config_loglevel: 'warn' };
    const options = { cwd: folder, encoding: 'utf8', env, maxBuffer: 2 ** 26 } as const;
    return execFileSync('npm', words, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** The bill of materials (CycloneDX) of all deployed and published packages. */
export const billOfMaterials = () => npmOnPublished('sbom', '--package-lock-only', '--sbom-format', 'cyclonedx');

/** The report of the registry on known holes in deployed and published packages. @throws {Error} When there are some. */
export const audit = () => npmOnPublished('audit');
