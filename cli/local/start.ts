import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { asUserError } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { neverProxyLoopback } from '../emulator-environment.ts';
import { startInDocker } from './docker-emulator.ts';
import { attach, type Emulator } from './emulator.ts';
import { asFileError } from './first-error.ts';
import { run } from './local-run.ts';
import { startMiniStack } from './ministack.ts';
import { npmEnds } from './npm-ends.ts';
import { undo } from './undo.ts';

const HELP = `npm start [-- OPTIONS] runs the whole system on this machine, on an AWS emulator

  --once        check that all eleven triggers are called, then stop: exit status 0 if they are, 1 if not
  --localstack  use LocalStack 4.14.0 in Docker instead of MiniStack

To use an emulator that is already running, set AWS_ENDPOINT_URL=http://…`;

/** Wait for the cause of a failure, milliseconds. */
const CAUSE_WITHIN_MS = 500;

/** Wait for the current step to end after a stop, milliseconds. */
const STOPPED_WITHIN_MS = 3_000;

/** The exit statuses that shells use for signals. */
const interruptions = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

function emulatorFor(localstack: boolean, signal: AbortSignal): () => Promise<Emulator> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) return () => attach(endpoint);
  return () => (localstack ? startInDocker('localstack', signal) : startMiniStack(signal));
}

/** Runs until the demonstration or the emulator ends, or the user stops it. Then stops all processes that it started. */
async function main(): Promise<number> {
  const options = { once: { type: 'boolean' }, localstack: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  let values: { once?: boolean; localstack?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0]}. See npm start -- --help.`);
    return 2;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const stop = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
  });
  neverProxyLoopback(process.env);
  for (const [signal, status] of Object.entries(interruptions))
    process.on(signal, () => stop.abort(new Interruption(status)));
  // The terminal or the pipe (`| head`) closed.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => stop.abort(new Interruption(interruptions.SIGHUP)));
  npmEnds(() => stop.abort(new Interruption(interruptions.SIGTERM)));
  const running = run(values.once ?? false, emulatorFor(values.localstack ?? false, stop.signal), stop);
  running.catch(() => {});
  try {
    return await Promise.race([running, stopped]);
  } catch (caught) {
    // A stop or a lost emulator causes other errors first. Its reason can arrive a moment later and is the one to report.
    await sleep(CAUSE_WITHIN_MS);
    const error = asFileError(asUserError(stop.signal.aborted ? stop.signal.reason : caught));
    if (error instanceof Interruption) return error.status;
    if (!(error instanceof UserError)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  } finally {
    await Promise.race([running.catch(() => {}), sleep(stop.signal.aborted ? STOPPED_WITHIN_MS : 0)]);
    for (const step of undo.reverse()) await step().catch(() => {});
  }
}

/** A signal, a closed terminal or the end of npm stopped the run. */
class Interruption extends Error {
  readonly status: number;

  constructor(status: number) {
    super('stopped');
    this.status = status;
  }
}

process.exit(await main());
