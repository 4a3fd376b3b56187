import { stripVTControlCharacters } from 'node:util';
import { UserError } from '../../functions/operations/user-error.ts';

/** An error that nobody caught, as Node prints it, or one that the CDK found in a stack: `[Error at /Stack/Id] message`. */
const THROWN = /^\s*(?:\w*Error(?: \[\w+\])?: |\[Error at \S+\] )(.+)$/;

/** What the CDK says of every app that fails. It tells nothing. */
const WRAPPER = /Subprocess exited with error|Command failed|exited with error \d/;

/** Codes of the operating system, and what they mean for a folder or file. */
const system: Readonly<Record<string, string>> = {
  EACCES: 'is not writable for this user',
  EDQUOT: 'is over its disk quota',
  EMFILE: 'cannot be opened, because too many files are open',
  ENOENT: 'is not there',
  ENOSPC: 'is on a disk that is full',
  ENOTDIR: 'is not a folder',
  EPERM: 'is not writable for this user',
  EROFS: 'is read-only',
};

/** Of what a failed process printed, the line that says why: the first error that its program threw. */
export function firstError(printed: string): string {
  const lines = stripVTControlCharacters(printed)
    .split('\n')
    .filter((line) => line.trim() !== '' && !WRAPPER.test(line));
  const thrown = lines.map((line) => THROWN.exec(line)?.[1]).find(Boolean);
  const other = lines.findLast((line) => /error|fail|❌/i.test(line)) ?? lines.at(-1) ?? '';
  return (thrown ?? other).trim().slice(0, 400);
}

/** Turns an error of the operating system into one line. */
export function asFileError(error: unknown): unknown {
  const { code = '', syscall, path } = error as { code?: string; syscall?: string; path?: string };
  const meaning = Object.hasOwn(system, code) ? system[code] : undefined;
  if (meaning === undefined || syscall === undefined || /^(?:connect|getaddrinfo|spawn)/.test(syscall)) return error;
  return new UserError(`${path ?? 'A file'} ${meaning} (${code}). Fix: ${fixOf(path)}`);
}

function fixOf(path = ''): string {
  const temporary = process.env.TMPDIR ?? process.env.TEMP;
  if (temporary && path.startsWith(temporary)) return 'set TMPDIR to a folder that is there, writable and has space.';
  return 'free some space, or choose a folder that you can write to.';
}
