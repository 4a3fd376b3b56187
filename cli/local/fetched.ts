import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../functions/operations/user-error.ts';
import { asFileError } from './first-error.ts';
import { note } from './progress.ts';

/**
 * A folder with something from the network. It is fetched at the first call, with a line that says so, and kept.
 *
 * @param home The folder.
 * @param name What is fetched, for the line.
 * @param fetch Writes into a temporary folder. Its result is renamed, so that nothing incomplete is used.
 */
export async function fetched(home: string, name: string, fetch: (into: string) => Promise<void>): Promise<string> {
  if (await exists(home)) return home;
  note(`first use: fetching ${name} into ${dirname(home)}`);
  await mkdir(dirname(home), { recursive: true });
  const temporary = join(dirname(home), `installing-${randomUUID()}`);
  try {
    await fetch(temporary);
    await rename(temporary, home).catch(async (error) => {
      if (!(await exists(home))) throw error;
    });
    return home;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Lines of npm that do not say what happened. */
const NOISE = /^npm error (?:code|syscall|errno|path|A complete log| )/;

/**
 * The error of an installation, for the user. An error of the file system keeps its own line.
 *
 * @param what What could not be installed.
 * @param fix What to check, such as `the connection to PyPI`.
 */
export function installationError(what: string, error: unknown, fix: string): unknown {
  const ofFile = asFileError(error);
  if (ofFile !== error) return ofFile;
  const { message } = error as Error;
  const lines = message.split('\n').filter((line) => /error/i.test(line) && !NOISE.test(line));
  // npm prints the cause first, pip last.
  const cause = lines.find((line) => line.startsWith('npm error ')) ?? lines.at(-1) ?? message;
  const reason = cause.replace(/^npm error (?:\w+ (?=[A-Z]))?/, '').slice(0, 300);
  return new UserError(
    `${what} could not be installed: ${reason.replace(/\.$/, '')}. To fix this, check ${fix} and start again.`,
  );
}

/** Whether a file or folder exists. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
