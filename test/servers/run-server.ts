import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../cli/local/free-port.ts';
import { run, start } from '../../cli/local/process.ts';
import { until } from '../support/emulator.ts';
import { listens } from '../support/listens.ts';
import { endWithUs } from '../support/processes.ts';
import { exercise, type Result } from './exercise.ts';
import { backend, type Server } from './servers.ts';

/** Installs and starts a server, makes all calls and stops it. @throws {NotHere} When it cannot be installed here. */
export async function tried({ prepare, name }: Server): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-server-'));
  // Apache reads its files as another user.
  await chmod(folder, 0o755);
  const behind = backend().listen(0, '127.0.0.1');
  await once(behind, 'listening');
  try {
    const port = await freePort();
    const { program, args, env, versionArgs } = await prepare({
      port,
      folder,
      backend: (behind.address() as AddressInfo).port,
    });
    const options = { cwd: folder, env: { ...process.env, ...env } };
    const started = await start(program, args, options);
    const stop = endWithUs(() => started.stop());
    try {
      const begun = until(`${name} listens`, () => listens(port), 120_000);
      const ended = started.ended.then((how) => Promise.reject(new Error(`${name} ended with ${how}`)));
      await Promise.race([begun, ended]).catch((error) => {
        throw new Error(`${error.message}: ${started.tail()}`);
      });
      ended.catch(() => {});
      const result = await exercise(`http://127.0.0.1:${port}`).catch((error) => {
        throw new Error(`${name}: ${error.message}: ${started.tail()}`);
      });
      if (!versionArgs) return result;
      const [version = ''] = /\d+\.\d+[.\d]*/.exec(await run(program, versionArgs, options)) ?? [];
      return { ...result, version };
    } finally {
      await stop();
    }
  } finally {
    behind.close();
    behind.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  }
}
