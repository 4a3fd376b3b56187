import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { handlerFolders, writeHandler } from '../../infra/handler-code.ts';
import { commandLine, construct } from './bundles.ts';
import { writeDeclarations } from './declarations.ts';
import { billOfMaterials } from './published.ts';

/** Builds what the npm package contains besides documents into `dist` of a folder. */
export async function build(into: string): Promise<void> {
  const dist = join(into, 'dist');
  rmSync(dist, { recursive: true, force: true });
  for (const folder of handlerFolders) writeHandler(folder, join(dist, 'handlers', folder));
  await Promise.all([
    bundle({ ...commandLine, outfile: join(dist, 'crm-triggers.js') }),
    bundle({ ...construct, outfile: join(dist, 'construct.cjs') }),
    writeDeclarations(join(dist, 'types')),
  ]);
  writeFileSync(join(dist, 'sbom.cdx.json'), await billOfMaterials());
}
