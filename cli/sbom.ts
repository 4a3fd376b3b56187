import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Prints the bill of materials (CycloneDX) of the published package and the deployed functions. `npm sbom --omit dev` also
 * omits packages that a dev dependency uses too, such as zod, which is in each bundle. So npm reads a lockfile without dev
 * dependencies.
 */
const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));

const { devDependencies: _, ...manifest } = read('package.json');
const lock = read('package-lock.json');
const packages = Object.entries<{ dev?: boolean; link?: boolean }>(lock.packages).filter(
  ([path, { dev, link }]) => path !== '' && !dev && !link,
);

const temporary = mkdtempSync(join(tmpdir(), 'crm-triggers-sbom-'));
try {
  // npm names the root component after its folder.
  const folder = join(temporary, manifest.name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const kept = { ...lock, packages: { '': manifest, ...Object.fromEntries(packages) } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(kept));
  const npm = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  process.stdout.write(
    execFileSync('npm', npm, { cwd: folder, maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
} finally {
  rmSync(temporary, { recursive: true });
}
