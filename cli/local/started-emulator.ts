import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../functions/operations/user-error.ts';
import { type Emulator, isResponding } from './emulator.ts';
import type { Started } from './process.ts';

const READY_WITHIN_MS = 120_000;
const POLL_MS = 250;

/**
 * Waits until an emulator responds.
 *
 * @param started The process of the emulator.
 * @param stop Stops the process and removes its files.
 * @throws {UserError} When the process ends, or does not respond within two minutes.
 */
export async function untilReady(
  { name, endpoint }: Pick<Emulator, 'name' | 'endpoint'>,
  started: Started,
  stop: () => Promise<void>,
  signal: AbortSignal,
): Promise<Emulator> {
  let lostBecause: string | undefined;
  const lost = started.ended.then((how) => {
    lostBecause = `${name} stopped (${how}): start again.${lastError(started)}`;
    return lostBecause;
  });
  const end = Date.now() + READY_WITHIN_MS;
  while (!(await isResponding(endpoint))) {
    if (lostBecause) throw new UserError(lostBecause);
    if (signal.aborted || Date.now() > end) {
      await stop();
      signal.throwIfAborted();
      throw new UserError(`${name} did not respond within ${READY_WITHIN_MS / 1000} s.${lastError(started)}`);
    }
    await sleep(POLL_MS);
  }
  return { name, endpoint, ours: true, lost, stop };
}

function lastError(started: Started): string {
  const lines = started.tail().trim().split('\n');
  const last = lines.findLast((line) => /error|in use/i.test(line));
  return last ? ` Its last error: ${last.trim().slice(0, 200)}` : '';
}
