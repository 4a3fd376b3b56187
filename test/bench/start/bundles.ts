import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { pageFiles } from '../../../functions/console/serve-page.ts';
import { bundling, entryOf } from '../../../infra/bundling.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export const stages = ['capture', 'deliver', 'drain', 'console'] as const;

export type Stage = (typeof stages)[number];

/** A function's deployed code and its packages. */
export async function bundle(stage: Stage) {
  const { outputFiles, metafile } = await build({
    ...bundling,
    absWorkingDir: root,
    entryPoints: [entryOf(stage)],
    metafile: true,
    outfile: 'index.mjs',
    write: false,
  });
  return { bytes: outputFiles[0]?.contents ?? new Uint8Array(), packages: packagesIn(metafile) };
}

/** Bytes of each package in a bundle; `''` is our own code. */
function packagesIn({ outputs }: Metafile): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = path.match(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? '';
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  return bytes;
}

/** Handlers as files that Node can import: each with and without a bundle, and an empty one. */
export async function handlers() {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-start-'));
  await symlink(`${root}node_modules`, join(folder, 'node_modules'));
  const bundles = await Promise.all(stages.map(bundle));
  for (const [index, stage] of stages.entries()) {
    await writeFile(join(folder, `${stage}.mjs`), bundles[index]?.bytes ?? '');
    await build({
      absWorkingDir: root,
      bundle: true,
      entryPoints: [entryOf(stage)],
      format: 'esm',
      outfile: join(folder, `${stage}-unbundled.mjs`),
      packages: 'external',
      platform: 'node',
      target: bundling.target,
    });
  }
  await writeFile(join(folder, 'empty.mjs'), 'export const handler = async () => {};');
  await mkdir(join(folder, 'page'));
  for (const name of [...pageFiles, 'openapi.json']) await writeFile(join(folder, 'page', name), '');
  return {
    bundles,
    path: (name: string) => join(folder, `${name}.mjs`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
