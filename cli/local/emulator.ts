import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../functions/operations/user-error.ts';
import { emulatorEnvironment } from '../emulator-environment.ts';
import { pathWithThisNode, run, type Started, start } from './process.ts';
import { ministackPython } from './python.ts';

/** An AWS emulator that responds. */
export interface Emulator {
  readonly name: string;
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  /** Whether we started it, so that nothing of ours is in it once we stop it. */
  readonly ours: boolean;
  /** Fulfilled with one line when it does not respond any more. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

/** Where people expect an emulator. */
const USUAL_PORT = 4566;
const READY_WITHIN_MS = 120_000;
const POLL_MS = 250;

/**
 * Runs MiniStack until the process that started it ends: then this pipe closes. MiniStack responds to every website with
 * `Access-Control-Allow-Origin: *`, so a page in a browser on this machine could read secrets and run code as its user. Requests
 * of browsers, and requests under another name than this machine's, are rejected before it.
 */
const MINISTACK = `
import os, runpy, signal, sys, threading
def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)
threading.Thread(target=end_with_parent, daemon=True).start()

import ministack.app as emulator
inner = emulator.app
def is_foreign(headers):
    names = {name.lower(): value for name, value in headers}
    host = names.get(b"host", b"").decode("latin-1").lower().rsplit(":", 1)[0]
    is_here = host in ("127.0.0.1", "localhost") or host.endswith(".localhost")
    return not is_here or b"origin" in names or any(name.startswith(b"sec-fetch-") for name in names)
async def without_browsers(scope, receive, send):
    if scope["type"] in ("http", "websocket") and is_foreign(scope["headers"]):
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        await send({"type": "http.response.start", "status": 403, "headers": []})
        return await send({"type": "http.response.body", "body": b"Browsers may not use this emulator."})
    await inner(scope, receive, send)
if os.environ["ALLOW_BROWSERS"] != "1":
    emulator.app = without_browsers
sys.argv = ["ministack"]
runpy.run_module("ministack", run_name="__main__")
`;

/** Uses an emulator that runs already. @throws {UserError} When none responds there. */
export async function attach(endpoint: string): Promise<Emulator> {
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint))
    throw new UserError(`AWS_ENDPOINT_URL is no URL: write it like http://127.0.0.1:${USUAL_PORT}.`);
  if (!(await isResponding(endpoint)))
    throw new UserError(`Nothing responds at ${endpoint}: start your emulator there, or unset AWS_ENDPOINT_URL.`);
  const gone = new AbortController();
  return {
    name: 'The emulator',
    endpoint: endpoint.replace(/\/+$/, ''),
    ours: false,
    lost: untilSilent(endpoint, gone.signal),
    stop: async () => gone.abort(),
  };
}

/**
 * Starts MiniStack: from PyPI where there is a Python, else its Docker image.
 *
 * @param preferredPort Taken if it is free; 0 for any.
 * @param host The host of the URLs that it makes. With `localhost` browsers may use it: they know every name below that one.
 */
export async function startMiniStack(
  signal: AbortSignal,
  preferredPort = USUAL_PORT,
  host = '127.0.0.1',
): Promise<Emulator> {
  const python = await ministackPython(signal);
  if (python === undefined) return startInDocker('ministack', signal);
  const port = await freePort(preferredPort);
  const temporary = await mkdtemp(join(tmpdir(), 'crm-triggers-'));
  // The endpoint is the emulator's own.
  const {
    AWS_ENDPOINT_URL: _,
    AWS_ENDPOINT_URL_S3: __,
    ...settings
  } = await emulatorEnvironment(`http://127.0.0.1:${port}`);
  const started = await start(python, ['-c', MINISTACK], {
    env: {
      ...settings,
      PATH: pathWithThisNode,
      TMPDIR: temporary,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: host,
      ALLOW_BROWSERS: host === '127.0.0.1' ? '0' : '1',
      LAMBDA_EXECUTOR: 'local',
      // Its MQTT broker would listen on all interfaces.
      IOT_MTLS_ENABLED: '0',
      LOG_LEVEL: 'ERROR',
    },
  });
  const emulator = watch('MiniStack', `http://127.0.0.1:${port}`, started, async () => {
    await started.stop();
    await rm(temporary, { recursive: true, force: true });
  });
  return whenReady(emulator, started, signal);
}

/** Starts LocalStack 4.14.0, the last that needs no account, in Docker. */
export function startLocalStack(signal: AbortSignal): Promise<Emulator> {
  return startInDocker('localstack', signal);
}

async function startInDocker(service: 'ministack' | 'localstack', signal: AbortSignal): Promise<Emulator> {
  const why = service === 'ministack' ? 'There is no Python 3.10 or newer, and ' : '';
  await run('docker', ['version', '--format', '{{.Server.Version}}'], {}, signal).catch((error) => {
    signal.throwIfAborted();
    const lack = error.code === 'ENOENT' ? 'no Docker is installed' : 'the Docker engine does not respond';
    const fix =
      service === 'ministack' ? 'install Python from python.org, or start Docker' : 'install and start Docker';
    throw new UserError(`${why}${lack}: ${fix}, and try again.`);
  });
  const port = await freePort(USUAL_PORT);
  const file = join(import.meta.dirname, 'compose.yaml');
  const project = ['compose', '--file', file, '--project-name', `crm-triggers-${port}`, '--profile', service];
  const env = { ...process.env, PORT: String(port) };
  const started = await start('docker', [...project, 'up'], { env });
  const emulator = watch(service, `http://127.0.0.1:${port}`, started, async () => {
    await run('docker', [...project, 'down'], { env }).catch(() => {});
    await started.stop();
  });
  return whenReady(emulator, started, signal);
}

function watch(name: string, endpoint: string, started: Started, stop: () => Promise<void>): Emulator {
  const lost = started.ended.then((how) => `${name} stopped (${how}): start again.${lastWords(started)}`);
  return { name, endpoint, ours: true, lost, stop };
}

function lastWords(started: Started): string {
  const last = started
    .tail()
    .trim()
    .split('\n')
    .findLast((line) => /error|in use/i.test(line));
  return last ? ` It said: ${last.trim().slice(0, 200)}` : '';
}

async function whenReady(emulator: Emulator, started: Started, signal: AbortSignal): Promise<Emulator> {
  let lost: string | undefined;
  emulator.lost.then((line) => {
    lost = line;
  });
  const end = Date.now() + READY_WITHIN_MS;
  while (!(await isResponding(emulator.endpoint))) {
    if (lost) throw new UserError(lost);
    if (signal.aborted || Date.now() > end) {
      await emulator.stop();
      signal.throwIfAborted();
      throw new UserError(`${emulator.name} did not respond within ${READY_WITHIN_MS / 1000} s.${lastWords(started)}`);
    }
    await sleep(POLL_MS);
  }
  return emulator;
}

/** Any HTTP response will do. */
async function isResponding(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
}

async function untilSilent(endpoint: string, gone: AbortSignal): Promise<string> {
  let silent = 0;
  while (!gone.aborted && silent < 3) {
    await sleep(1_000, undefined, { ref: false });
    silent = (await isResponding(endpoint)) ? 0 : silent + 1;
  }
  return `The emulator at ${endpoint} responds no more: start it again.`;
}

/** The preferred port if it is free, else any. */
async function freePort(preferred: number): Promise<number> {
  return (await listenOn(preferred)) ?? (await listenOn(0)) ?? preferred;
}

function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
