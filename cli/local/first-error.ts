import { stripVTControlCharacters } from 'node:util';
import { UserError } from '../../functions/operations/user-error.ts';
import { folder, isPackage } from '../../infra/folders.ts';

/** An uncaught error as Node prints it, or an error that the CDK found in a stack: `[Error at /Stack/Id] message`. */
const THROWN = /^\s*(?:\w*Error(?: \[\w+\])?: |\[Error at \S+\] )(.+)$/;

/** Lines that the CDK prints for every failed app. They do not contain the cause. */
const WRAPPER = /Subprocess exited with error|Command failed|exited with error \d/;

/** Error codes of the operating system and their meaning for a file or folder. */
const system: Readonly<Record<string, string>> = {
  EACCES: 'is not writable for this user',
  EDQUOT: 'is over its disk quota',
  EMFILE: 'cannot be opened, because too many files are open',
  ENOENT: 'does not exist',
  ENOSPC: 'is on a disk that is full',
  ENOTDIR: 'is not a folder',
  EPERM: 'is not writable for this user',
  EROFS: 'is read-only',
};

/** The line with the cause in the output of a failed process: the first error that its program threw. */
export function firstError(printed: string): string {
  const lines = stripVTControlCharacters(printed)
    .split('\n')
    .filter((line) => line.trim() !== '' && !WRAPPER.test(line));
  const thrown = lines.map((line) => THROWN.exec(line)?.[1]).find(Boolean);
  const other = lines.findLast((line) => /error|fail|❌/i.test(line)) ?? lines.at(-1) ?? '';
  return (thrown ?? other).trim().slice(0, 400);
}

/** Converts an error of the operating system to one line. Returns other errors unchanged. */
export function asFileError(error: unknown): unknown {
  const { code = '', syscall, path } = error as { code?: string; syscall?: string; path?: string };
  const meaning = Object.hasOwn(system, code) ? system[code] : undefined;
  if (meaning === undefined || syscall === undefined || /^(?:connect|getaddrinfo|spawn)/.test(syscall)) return error;
  return new UserError(`${path ?? 'A file'} ${meaning} (${code}). Fix: ${fixOf(path)}`);
}

function fixOf(path = ''): string {
  if (isPackage && path !== '' && folder.startsWith(path))
    return `set ${process.platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME'} to a folder that is writable and has free space.`;
  const temporary = process.env.TMPDIR ?? process.env.TEMP;
  if (temporary && path.startsWith(temporary))
    return 'set TMPDIR to a folder that exists, is writable and has free space.';
  return 'free some disk space, or choose a writable folder.';
}
