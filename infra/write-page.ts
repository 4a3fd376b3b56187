// Writes the files of the page. The CDK runs this when it bundles the console's function.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPage } from './page.ts';

const [folder = ''] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
for (const [name, content] of Object.entries(await buildPage({ localRun: false })))
  await writeFile(join(folder, name), content);
