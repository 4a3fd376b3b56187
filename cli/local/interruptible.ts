import { setTimeout as sleep } from 'node:timers/promises';
import { asUserError } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { neverProxyLoopback } from '../emulator-environment.ts';
import { asFileError } from './first-error.ts';
import { npmEnds } from './npm-ends.ts';
import { undo } from './undo.ts';

/** Wait for the cause of a failure, milliseconds. */
const CAUSE_WITHIN_MS = 500;

/** Wait for the current step to end after a stop, milliseconds. */
const STOPPED_WITHIN_MS = 3_000;

/** The exit statuses that shells use for signals. */
const interruptions = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs until the work or the emulator ends, or the user stops it. Then undoes all steps of the work.
 *
 * @returns The exit status. An error for the user is printed.
 */
export async function interruptible(work: (stop: AbortController) => Promise<number>): Promise<number> {
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
  const running = work(stop);
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
