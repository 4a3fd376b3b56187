import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folder } from '../../infra/folders.ts';

const file = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** Caches compiled code, because each command loads the same files. */
const env = () => ({ ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') });

/** Runs the command line against the stack, with something on its standard input. */
export const cliWith = (input: string, ...words: string[]) =>
  new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [file, ...words], { env: env() }, (error, stdout, stderr) =>
      resolve({ status: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
    child.stdin?.on('error', () => {}); // Most commands never read it.
    child.stdin?.end(input);
  });

export const cli = (...words: string[]) => cliWith('', ...words);
