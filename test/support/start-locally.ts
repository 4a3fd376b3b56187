import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from './emulator.ts';
import { endWithUs } from './processes.ts';

const file = fileURLToPath(new URL('../../cli/local/start.ts', import.meta.url));

/** Runs the program of `npm start`, without AWS_ENDPOINT_URL, and collects its output. */
export function startLocally(words: readonly string[] = [], env: Record<string, string> = {}) {
  const { AWS_ENDPOINT_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [file, ...words], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let errors = '';
  let isRunning = true;
  const ended = once(child, 'close').then(([code, signal]) => {
    isRunning = false;
    return { code, signal, printed, errors };
  });
  // Its emulator stops with it.
  const stop = endWithUs(async () => {
    child.kill('SIGINT');
    await ended;
  });
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  /** Waits until the output matches. @throws {Error} With all output, when the program ends before or takes too long. */
  const untilPrinted = async (line: RegExp): Promise<RegExpExecArray> => {
    let failure = `npm start ended before it printed ${line}`;
    const found = await until(`${line}`, () => line.exec(printed) ?? !isRunning).catch(({ message }: Error) => {
      failure = message;
      return true;
    });
    if (typeof found === 'object') return found;
    throw new Error(`${failure}. All output:\n${printed}${errors}`);
  };
  return { child, pid: child.pid as number, ended, untilPrinted, stop };
}
