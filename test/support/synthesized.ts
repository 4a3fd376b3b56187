import { createHash } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployed, synthesize } from '../../cli/local/deploy.ts';
import { folder, root } from '../../infra/folders.ts';
import { interrupted } from './processes.ts';

const kept = join(folder, 'synthesized');

/** A synthesis takes 10 s of an idle core. An older lock is from a process that has ended. */
const STALE_MS = 90_000;

/** The number of assemblies that are kept. Older ones are deleted. */
const KEPT = 12;

/**
 * The deployment with its synthesized assembly. All test files deploy nearly the same stacks, and a synthesis takes three times
 * as long as a deployment. The assembly is therefore cached per state of the sources.
 */
export async function synthesized(deployed: Deployed = {}): Promise<Deployed> {
  const assembly = join(kept, await fingerprint(deployed));
  await mkdir(kept, { recursive: true });
  const lock = `${assembly}.lock`;
  while (!(await exists(assembly))) {
    const mine = await open(lock, 'wx').catch(() => undefined);
    if (!mine) {
      const age = Date.now() - ((await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > STALE_MS) await rm(lock, { force: true });
      await sleep(100);
      continue;
    }
    try {
      await mine.close();
      if (!(await exists(assembly))) await make(deployed, assembly);
    } finally {
      await rm(lock, { force: true });
    }
  }
  return { ...deployed, assembly };
}

/** The folder is moved into place when it is complete, so a test never deploys a part of it. */
async function make(deployed: Deployed, assembly: string): Promise<void> {
  const beside = `${assembly}.${process.pid}`;
  try {
    await synthesize(interrupted, deployed, beside);
    await rename(beside, assembly);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  const names = (await readdir(kept)).filter((name) => /^[\da-f]+$/.test(name));
  const ages = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(kept, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  for (const { name } of ages.sort((a, b) => b.at - a.at).slice(KEPT))
    await rm(join(kept, name), { recursive: true, force: true });
}

/** The inputs of a synthesis: sources, locked packages, CDK settings, and deployed settings. */
async function fingerprint(deployed: Deployed): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([deployed, process.version]));
  const files = await Promise.all(
    ['functions', 'infra'].map(async (name) =>
      (await readdir(join(root, name), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    ),
  );
  for (const file of [join(root, 'cdk.json'), join(root, 'package-lock.json'), ...files.flat().sort()])
    hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 32);
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
