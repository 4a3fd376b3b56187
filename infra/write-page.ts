// Run when the console's function is bundled: puts the page beside it.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPage } from './page.ts';

const [folder = ''] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
for (const [name, content] of Object.entries(await buildPage({ localRun: false })))
  await writeFile(join(folder, name), content);
