import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPackage, root } from '../../infra/folders.ts';
import { attach } from './emulator.ts';
import { interruptible } from './interruptible.ts';
import { demonstrate } from './local-run.ts';
import { startMiniStack } from './ministack.ts';
import { undo } from './undo.ts';

/** Plays the demonstration, and stops everything. @returns The exit status: 0 if all calls arrived as expected. */
export async function demonstrateOnce(): Promise<number> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return interruptible(async (stop) => {
    const assembly = isPackage ? await copyOfAssembly() : undefined;
    const start = () => (endpoint ? attach(endpoint) : startMiniStack(stop.signal));
    return (await demonstrate(start, stop, { assembly })).status;
  });
}

/** A copy of the prebuilt templates and functions of the package. The CDK writes locks into the folder that it deploys. */
async function copyOfAssembly(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-demo-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['assembly', 'handlers'])
    await cp(join(root, 'dist', name), join(folder, name), { recursive: true });
  return join(folder, 'assembly');
}
