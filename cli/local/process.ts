import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `node` is the Node that runs this, also for what a process starts: the functions in the emulator, the CDK's app. */
export const pathWithThisNode = dirname(process.execPath) + delimiter + process.env.PATH;

/** How long a process may take to end by itself, milliseconds. */
const PATIENCE_MS = 12_000;

/** The end of what a process printed, in case it fails. */
const TAIL_CHARACTERS = 64_000;

/** A process that we started, in a group of its own, so that Ctrl-C reaches us first and we can end it in order. */
export interface Started {
  readonly child: ChildProcess;
  /** The end of what it printed. */
  tail(): string;
  /** Fulfilled with how it ended: `exit status 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Ends it and everything that it started: first with SIGTERM, then with SIGKILL. */
  stop(): Promise<void>;
}

/** @throws {Error} With code ENOENT when there is no such program, or no such folder to start it in. */
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
      // Its group is gone.
    }
  };
  return {
    child,
    ended,
    tail: () => tail,
    async stop() {
      kill('SIGTERM');
      await Promise.race([ended, sleep(PATIENCE_MS, undefined, { ref: false })]);
      kill('SIGKILL');
      await ended;
    },
  };
}

/** A program ended, and not with exit status 0. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** The end of what it printed. */
  readonly printed: string;

  constructor(program: string, how: string, printed: string) {
    super(`${program} ended with ${how}: ${printed}`);
    this.printed = printed;
  }
}

/** Runs a program to its end. @returns What it printed. @throws {Failure} When it fails. */
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
