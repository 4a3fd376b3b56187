import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { asUserError } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { neverProxyLoopback } from '../emulator-environment.ts';
import { attach, type Emulator, startLocalStack, startMiniStack } from './emulator.ts';
import { asFileError } from './first-error.ts';
import { run } from './local-run.ts';
import { npmEnds } from './npm-ends.ts';
import { undo } from './undo.ts';

const HELP = `npm start [-- OPTIONS]: the whole system on this machine, with an AWS emulator in place of AWS

  --once        show that all eleven triggers are called, then stop: exit status 0 if they were, 1 if not
  --localstack  use LocalStack 4.14.0 in Docker in place of MiniStack

AWS_ENDPOINT_URL=http://… npm start uses an emulator that runs already.`;

/** How long after a failure its reason may come, milliseconds. */
const LAST_WORDS_MS = 500;

/** How long what was under way may take to end once it is stopped, milliseconds. */
const UNDONE_WITHIN_MS = 3_000;

/** The exit status of a process that a signal ended, as shells report it. */
const interruptions = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

function emulatorFor(localstack: boolean, signal: AbortSignal): () => Promise<Emulator> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) return () => attach(endpoint);
  return () => (localstack ? startLocalStack(signal) : startMiniStack(signal));
}

/**
 * Runs until it is done, until something that it needs is lost, or until it is stopped. It leaves nothing running.
 */
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
  // A closed terminal, or `| head`.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => stop.abort(new Interruption(interruptions.SIGHUP)));
  npmEnds(() => stop.abort(new Interruption(interruptions.SIGTERM)));
  const running = run(values.once ?? false, emulatorFor(values.localstack ?? false, stop.signal), stop);
  running.catch(() => {});
  try {
    return await Promise.race([running, stopped]);
  } catch (caught) {
    // A failure during a stop is less useful than its cause, which can arrive a moment later.
    await sleep(LAST_WORDS_MS);
    const error = asFileError(asUserError(stop.signal.aborted ? stop.signal.reason : caught));
    if (error instanceof Interruption) return error.status;
    if (!(error instanceof UserError)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  } finally {
    await Promise.race([running.catch(() => {}), sleep(stop.signal.aborted ? UNDONE_WITHIN_MS : 0)]);
    for (const step of undo.reverse()) await step().catch(() => {});
  }
}

/** Somebody stopped it. */
class Interruption extends Error {
  readonly status: number;

  constructor(status: number) {
    super('stopped');
    this.status = status;
  }
}

process.exit(await main());
