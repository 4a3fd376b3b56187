import { execFile } from 'node:child_process';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { run } from '../../cli/local/process.ts';
import { root } from '../../infra/folders.ts';
import { fingerprint, kept } from '../support/kept.ts';
import { interrupted } from '../support/processes.ts';

const execute = promisify(execFile);

/** The server cannot be installed on this machine. The message is the reason. */
export class NotHere extends Error {}

export const apps = join('test', 'servers', 'apps');

/** @throws {NotHere} */
async function demand(tool: string, ...args: string[]): Promise<void> {
  await execute(tool, args).catch(() => {
    throw new NotHere(`there is no ${tool} on this machine`);
  });
}

/** @throws {NotHere} */
export async function demandGo(): Promise<void> {
  await demand('go', 'version');
}

/** Debian packages and what they need, extracted into a folder. Nothing is installed in the system. @throws {NotHere} */
export async function debian(packages: readonly string[]): Promise<string> {
  await demand('apt-get', '--version');
  await demand('dpkg-deb', '--version');
  const key = await fingerprint(packages, []);
  return kept('servers', key, async (into) => {
    const lists = join(into, 'lists');
    await mkdir(join(lists, 'partial'), { recursive: true });
    const options = [
      '-o',
      `Dir::State::lists=${lists}`,
      '-o',
      'Dir::Cache::pkgcache=',
      '-o',
      'Dir::Cache::srcpkgcache=',
    ];
    await run('apt-get', [...options, '-q', 'update'], {}, interrupted);
    const simulated = ['install', '--simulate', '--no-install-recommends', ...packages];
    const { stdout } = await execute('apt-get', [...options, ...simulated]).catch((error) => {
      throw new NotHere(`apt-get cannot install ${packages.join(' and ')}: ${error.stderr.trim()}`);
    });
    const needed = [...stdout.matchAll(/^Inst (\S+) (?:\[.*?\] )?\((\S+)/gm)].map(
      ([, name, version]) => `${name}=${version}`,
    );
    // What the system has already is used from there.
    if (needed.length === 0) return;
    const downloads = join(into, 'downloads');
    await mkdir(downloads);
    await run('apt-get', [...options, '-q', 'download', ...needed], { cwd: downloads }, interrupted);
    for (const file of await readdir(downloads))
      await run('dpkg-deb', ['-x', join(downloads, file), into], {}, interrupted);
  });
}

/** The Python packages of a file with requirements, which has their hashes. @throws {NotHere} */
export async function python(file = 'requirements.txt'): Promise<string> {
  await demand('python3', '-m', 'pip', '--version');
  const requirements = join(apps, file);
  // The file has every package that is needed.
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes', '--only-binary', ':all:'];
  return kept('servers', await fingerprint(['python'], [requirements]), async (into) => {
    const args = ['-m', 'pip', 'install', ...options, '--target', into, '-r', join(root, requirements)];
    await run('python3', args, {}, interrupted);
  });
}

/** The apps for Node, with the npm packages of their lockfile. */
export async function node(): Promise<string> {
  const own = join(apps, 'node');
  return kept('servers', await fingerprint(['node'], [own]), async (into) => {
    await cp(join(root, own), into, { recursive: true });
    await run('npm', ['ci', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: into }, interrupted);
  });
}

/** The jars of pom.xml, checked against their checksums. @throws {NotHere} */
export async function maven(): Promise<string> {
  await demand('mvn', '--version');
  const own = join(apps, 'tomcat');
  return kept('servers', await fingerprint(['maven'], [own]), async (into) => {
    await cp(join(root, own), into, { recursive: true });
    const copy = ['dependency:copy-dependencies', '-DoutputDirectory=jars'];
    await run('mvn', ['--batch-mode', '--quiet', '--strict-checksums', ...copy], { cwd: into }, interrupted);
  });
}
