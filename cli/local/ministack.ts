import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorEnvironment } from '../emulator-environment.ts';
import { startInDocker } from './docker-emulator.ts';
import { type Emulator, isMiniStackOf, USUAL_PORT } from './emulator.ts';
import { onFreePort } from './free-port.ts';
import { pathWithThisNode, start } from './process.ts';
import { ministackPython } from './python-environment.ts';
import { untilReady } from './started-emulator.ts';

const program = join(import.meta.dirname, 'run_ministack.py');

/**
 * Starts MiniStack from PyPI, or its Docker image if this machine has no Python.
 *
 * @param preferredPort The port to use if it is free; 0 for any.
 * @param host The host in the URLs that MiniStack returns. Browsers may use it only if this is `localhost`, because they
 *   resolve all names below `localhost`.
 */
export async function startMiniStack(
  signal: AbortSignal,
  preferredPort = USUAL_PORT,
  host = '127.0.0.1',
): Promise<Emulator> {
  const python = await ministackPython(signal);
  if (python === undefined) return startInDocker('ministack', signal);
  return onFreePort(preferredPort, (port) => startOn(port, python, signal, host));
}

async function startOn(port: number, python: string, signal: AbortSignal, host: string): Promise<Emulator> {
  const endpoint = `http://127.0.0.1:${port}`;
  const runId = randomUUID();
  const temporary = await mkdtemp(join(tmpdir(), 'crm-triggers-'));
  // MiniStack gives the functions an endpoint.
  const { AWS_ENDPOINT_URL: _, AWS_ENDPOINT_URL_S3: __, ...settings } = await emulatorEnvironment(endpoint);
  const started = await start(python, [program], {
    env: {
      ...settings,
      PATH: pathWithThisNode,
      TMPDIR: temporary,
      GATEWAY_PORT: String(port),
      RUN_ID: runId,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: host,
      ALLOW_BROWSERS: host === '127.0.0.1' ? '0' : '1',
      LAMBDA_EXECUTOR: 'local',
      // Its MQTT broker would listen on all interfaces.
      IOT_MTLS_ENABLED: '0',
      LOG_LEVEL: 'ERROR',
      // Compiled modules are kept beside MiniStack, whatever the user set: compiling them takes 2 s of each start.
      PYTHONDONTWRITEBYTECODE: '',
    },
  });
  const stop = async () => {
    await started.stop();
    await rm(temporary, { recursive: true, force: true });
  };
  return untilReady({ name: 'MiniStack', endpoint }, () => isMiniStackOf(runId, endpoint), started, stop, signal);
}
