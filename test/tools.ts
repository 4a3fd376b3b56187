import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fetched, installationError } from '../cli/local/fetched.ts';
import { run } from '../cli/local/process.ts';
import { root } from '../infra/folders.ts';

const own = join(root, 'test');
const home = join(own, 'node_modules');
const files = ['package.json', 'package-lock.json', '.npmrc'];

/** Installs the packages of test/package.json, unless they are there. Tests and checks need them, and nothing else does. */
export async function testTools(): Promise<void> {
  if (await isOlderThanLockfile()) await rm(home, { recursive: true, force: true });
  await fetched(home, 'the tools for tests and checks from npm (226 MB)', install).catch((error) => {
    const { message } = installationError('The tools', error, 'the connection to the npm registry') as Error;
    console.error(message);
    process.exit(1);
  });
}

async function install(into: string): Promise<void> {
  const project = `${into}-project`;
  try {
    await mkdir(project);
    for (const file of files) await cp(join(own, file), join(project, file));
    const words = ['ci', '--prefix', project, '--loglevel', 'error', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', words, { shell: process.platform === 'win32' });
    await rename(join(project, 'node_modules'), into);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** npm writes a copy of the lockfile at the end of an installation. */
async function isOlderThanLockfile(): Promise<boolean> {
  const written = async (file: string) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
  return (await written(join(home, '.package-lock.json'))) < (await written(join(own, 'package-lock.json')));
}
