import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const stops = new Set<() => Promise<unknown>>();
const interruption = new AbortController();

/** Aborted when this test process must end, so that waits fail and it can stop its processes. */
export const interrupted = interruption.signal;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Registers a function that stops a process, so that Ctrl-C during a test stops it too. @returns The function, to call once.
 */
export function endWithUs(stop: () => Promise<unknown>): () => Promise<void> {
  if (!listening) listen();
  const once = async () => {
    if (stops.delete(once)) await stop();
  };
  stops.add(once);
  return once;
}

let listening = false;

function listen() {
  listening = true;
  for (const [signal, status] of Object.entries(SIGNALS))
    process.once(signal, async () => {
      interruption.abort(new Error(`interrupted by ${signal}`));
      await Promise.allSettled([...stops].map((stop) => stop()));
      process.exit(status);
    });
}

/** The IDs of all descendants of a process. Linux only. */
export function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])] as const];
      } catch {
        return [];
      }
    });
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The command line of a process; empty if it has ended. Linux only. */
export const commandOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

/** Kills a process that may have ended meanwhile. @throws {Error} When it lives and cannot be killed. */
export function killIfAlive(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until all of these have ended. @throws {Error} When they do not. */
export async function assertNoneLeft(pids: readonly number[]) {
  assert.ok(pids.length > 0);
  const end = Date.now() + 60_000;
  while (pids.some(alive)) {
    assert.ok(Date.now() < end, `left: ${pids.filter(alive).map(commandOf).join('; ')}`);
    await sleep(100);
  }
}
