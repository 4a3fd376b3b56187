import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Emulator } from './emulator.ts';
import { PortInUse } from './free-port.ts';
import type { Started } from './process.ts';

const READY_WITHIN_MS = 120_000;
const POLL_MS = 250;

/** What Linux, macOS, Docker and Windows report for a port that another program listens on. */
const IN_USE = /in use|already allocated|only one usage/i;

/**
 * Waits until an emulator responds.
 *
 * @param isReady Whether the emulator responds, and not another program at its port.
 * @param started The process of the emulator.
 * @param stop Stops the process and removes its files. It is called before an error is thrown.
 * @throws {PortInUse} When the process ends because another program listens on its port.
 * @throws {UserError} When the process ends for another reason, or does not respond within two minutes.
 */
export async function untilReady(
  { name, endpoint }: Pick<Emulator, 'name' | 'endpoint'>,
  isReady: () => Promise<boolean>,
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
  while (!(await isReady())) {
    if (lostBecause || signal.aborted || Date.now() > end) {
      await stop();
      signal.throwIfAborted();
      if (lostBecause) throw new (IN_USE.test(started.tail()) ? PortInUse : UserError)(lostBecause);
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
