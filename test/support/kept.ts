import { createHash } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, root } from '../../infra/folders.ts';

/** The longest work takes 60 s of a busy machine; a lock that is older was left by a process that died. */
const STALE_MS = 180_000;

/** Results of older sources are deleted when more than these are kept. */
const KEPT = 12;

/**
 * The folder with the result of a work that many test files need. It is made once for each key, and kept.
 *
 * @param make Writes the result into a new folder.
 */
export async function kept(kind: string, key: string, make: (into: string) => Promise<void>): Promise<string> {
  const all = join(folder, kind);
  const result = join(all, key);
  await mkdir(all, { recursive: true });
  const lock = `${result}.lock`;
  while (!(await exists(result))) {
    const mine = await open(lock, 'wx').catch(() => undefined);
    if (!mine) {
      const age = Date.now() - ((await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > STALE_MS) await rm(lock, { force: true });
      await sleep(100);
      continue;
    }
    try {
      await mine.close();
      if (!(await exists(result))) await write(all, key, make);
    } finally {
      await rm(lock, { force: true });
    }
  }
  return result;
}

/** Moved to its place when it is complete, so a test never uses half of it. */
async function write(all: string, key: string, make: (into: string) => Promise<void>): Promise<void> {
  const beside = join(all, `${key}.${process.pid}`);
  try {
    await make(beside);
    // If this took longer than the lock lasts, another process was first.
    await rename(beside, join(all, key)).catch(async (error) => {
      if (!(await exists(join(all, key)))) throw error;
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  const names = (await readdir(all)).filter((name) => /^[\da-f]+$/.test(name));
  const ages = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(all, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  for (const { name } of ages.sort((a, b) => b.at - a.at).slice(KEPT))
    await rm(join(all, name), { recursive: true, force: true });
}

/** A key for `kept`: the hash of values, and of files and folders of the project. */
export async function fingerprint(values: readonly unknown[], paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([...values, process.version]));
  const files = await Promise.all(paths.map((path) => filesIn(join(root, path))));
  for (const file of files.flat().sort()) hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 32);
}

async function filesIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
