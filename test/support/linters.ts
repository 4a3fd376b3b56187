import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../cli/local/process.ts';
import { root } from '../../infra/folders.ts';
import { fingerprint, kept } from './kept.ts';
import { interrupted } from './processes.ts';

const own = join('test', 'package', 'linters');
const files = ['package.json', 'package-lock.json'];

/** The folder with the linters of test/package/linters. They are installed apart, once for each lockfile. */
export async function linters(): Promise<string> {
  const key = await fingerprint(
    [],
    files.map((file) => join(own, file)),
  );
  return kept('linters', key, async (into) => {
    await mkdir(into, { recursive: true });
    for (const file of files) await cp(join(root, own, file), join(into, file));
    await run('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: into }, interrupted);
  });
}
