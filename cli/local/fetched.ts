import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** Whether a file or folder exists. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
