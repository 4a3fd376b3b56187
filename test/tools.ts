import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fetched, installationError } from '../cli/local/fetched.ts';
import { run } from '../cli/local/process.ts';
import { root } from '../infra/folders.ts';

const own = join(root, 'test');
const home = join(own, 'node_modules');
/** A copy of the lockfile that was installed. */
const lockfile = join(home, '.installed-lock.json');
const files = ['package.json', 'package-lock.json', '.npmrc'];

/** Installs the packages of test/package.json, unless they are there. Tests and checks need them, and nothing else does. */
export async function testTools(): Promise<void> {
  if (await isOutdated()) await rm(home, { recursive: true, force: true });
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
    await cp(join(project, 'package-lock.json'), join(project, 'node_modules', basename(lockfile)));
    await rename(join(project, 'node_modules'), into);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** Whether another lockfile was installed. */
async function isOutdated(): Promise<boolean> {
  const [installed, wanted] = await Promise.all(
    [lockfile, join(own, 'package-lock.json')].map((file) => readFile(file, 'utf8').catch(() => undefined)),
  );
  return installed !== wanted;
}
