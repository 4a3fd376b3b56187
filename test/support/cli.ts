import { execFile } from 'node:child_process';

const file = new URL('../../functions/admin/cli.ts', import.meta.url).pathname;

/** Runs the command line against the stack, with something on its standard input. */
export const cliWith = (input: string, ...words: string[]) =>
  new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [file, ...words], (error, stdout, stderr) =>
      resolve({ status: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
    child.stdin?.on('error', () => {}); // Most commands never read it.
    child.stdin?.end(input);
  });

export const cli = (...words: string[]) => cliWith('', ...words);
