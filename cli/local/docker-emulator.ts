import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../../functions/operations/user-error.ts';
import { type Emulator, isMiniStackOf, isResponding, USUAL_PORT } from './emulator.ts';
import { onFreePort } from './free-port.ts';
import { run, start } from './process.ts';
import { untilReady } from './started-emulator.ts';

/** A service in compose.yaml. */
type Service = 'ministack' | 'localstack';

/** Starts an emulator in Docker. LocalStack is 4.14.0, the last version that needs no account. */
export async function startInDocker(service: Service, signal: AbortSignal): Promise<Emulator> {
  await assertDocker(service, signal);
  return onFreePort(USUAL_PORT, (port) => startOn(port, service, signal));
}

async function startOn(port: number, service: Service, signal: AbortSignal): Promise<Emulator> {
  const endpoint = `http://127.0.0.1:${port}`;
  const runId = randomUUID();
  const file = join(import.meta.dirname, 'compose.yaml');
  const project = ['compose', '--file', file, '--project-name', `crm-triggers-${runId}`, '--profile', service];
  const env = { ...process.env, PORT: String(port), RUN_ID: runId };
  const started = await start('docker', [...project, 'up'], { env });
  const stop = async () => {
    await run('docker', [...project, 'down'], { env }).catch(() => {});
    await started.stop();
  };
  const isReady = () => (service === 'ministack' ? isMiniStackOf(runId, endpoint) : isResponding(endpoint));
  return untilReady({ name: service, endpoint }, isReady, started, stop, signal);
}

/** @throws {UserError} When Docker does not run. */
async function assertDocker(service: Service, signal: AbortSignal): Promise<void> {
  await run('docker', ['version', '--format', '{{.Server.Version}}'], {}, signal).catch((error) => {
    signal.throwIfAborted();
    const isMiniStack = service === 'ministack';
    const why = isMiniStack ? 'There is no Python 3.10 or newer, and ' : '';
    const lack = error.code === 'ENOENT' ? 'no Docker is installed' : 'the Docker engine does not respond';
    const fix = isMiniStack ? 'install Python from python.org, or start Docker' : 'install and start Docker';
    throw new UserError(`${why}${lack}: ${fix}, and try again.`);
  });
}
