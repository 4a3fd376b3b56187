import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A PATH in which `node` is this Node, for the CDK app and for the functions in the emulator. */
export const pathWithThisNode = dirname(process.execPath) + delimiter + process.env.PATH;

/** Time for a process to end after SIGTERM, milliseconds. */
const ENDS_WITHIN_MS = 12_000;

/** Length of the output that is kept for error messages. */
const TAIL_CHARACTERS = 64_000;

/** A process in a separate process group. Ctrl-C reaches only this process, which can then end the other in order. */
export interface Started {
  readonly child: ChildProcess;
  /** The end of the output. */
  tail(): string;
  /** Resolves with the exit status or the signal: `exit status 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Ends the process and all processes that it started: with SIGTERM, then with SIGKILL. */
  stop(): Promise<void>;
}

/** @throws {Error} With code ENOENT when the program or the working folder does not exist. */
export async function start(program: string, args: readonly string[], options: SpawnOptions = {}): Promise<Started> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, ...options });
  await once(child, 'spawn');
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      tail = (tail + chunk).slice(-TAIL_CHARACTERS);
    });
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit status ${code}`));
  });
  const kill = (signal: NodeJS.Signals) => {
    try {
      // Windows has no process groups.
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-(child.pid as number), signal);
    } catch {
      // The group has ended.
    }
  };
  return {
    child,
    ended,
    tail: () => tail,
    async stop() {
      kill('SIGTERM');
      await Promise.race([ended, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
      kill('SIGKILL');
      await ended;
    },
  };
}

/** A program ended with a signal or an exit status other than 0. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** The end of the output. */
  readonly printed: string;

  constructor(program: string, how: string, printed: string) {
    super(`${program} ended with ${how}: ${printed}`);
    this.printed = printed;
  }
}

/** Runs a program to its end. @returns The end of its output. @throws {Failure} When it fails. */
export async function run(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  const started = await start(program, args, options);
  started.child.stdin?.end();
  const stop = () => void started.stop();
  signal?.addEventListener('abort', stop);
  const how = await started.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (how === 'exit status 0') return started.tail();
  throw new Failure(program, how, started.tail().trim());
}
