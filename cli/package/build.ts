import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { root } from '../../infra/folders.ts';
import { handlerFolders, writeHandler } from '../../infra/handler-code.ts';
import { writeAssembly } from './assembly.ts';
import { commandLine, construct, program } from './bundles.ts';
import { writeDeclarations } from './declarations.ts';
import { billOfMaterials } from './published.ts';

/** What `crm-triggers demo` needs of cli/local besides its code. */
const emulatorFiles = ['run_ministack.py', 'ministack.txt', 'compose.yaml'];

/** Builds what the npm package contains besides documents into `dist` of a folder. */
export async function build(into: string): Promise<void> {
  const dist = join(into, 'dist');
  rmSync(dist, { recursive: true, force: true });
  for (const folder of handlerFolders) writeHandler(folder, join(dist, 'handlers', folder));
  await Promise.all([
    bundle({ ...commandLine, outfile: join(dist, 'command-line.js') }),
    bundle({ ...construct, outfile: join(dist, 'construct.cjs') }),
    writeDeclarations(join(dist, 'types')),
    writeAssembly(join(dist, 'handlers'), join(dist, 'assembly')),
  ]);
  for (const name of emulatorFiles) copyFileSync(join(root, 'cli', 'local', name), join(dist, name));
  writeFileSync(join(dist, 'crm-triggers.js'), program, { mode: 0o755 });
  writeFileSync(join(dist, 'sbom.cdx.json'), await billOfMaterials());
}
