import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 300;

/**
 * `npm start` starts a shell, which starts this process. Some shells do not pass on signals, and continue after npm
 * has ended.
 */
const SHELL = /^-?(?:a|ba|da|fi|k|mk|z)?sh$|^busybox$/;

/** Calls back when the npm that started this process has ended. Does nothing without such an npm. */
export function npmEnds(then: () => void): void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const above = lookUp(parent);
  const npm = above && SHELL.test(above.name) ? above.parent : parent;
  const timer = setInterval(() => {
    if (process.ppid === parent && isThere(npm) && (npm === parent || isStillAbove(npm, parent))) return;
    clearInterval(timer);
    then();
  }, LOOK_EVERY_MS);
  timer.unref();
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * An ended process stays in the list until its parent has noticed, but has no children. This is cheap to check on
 * Linux only.
 */
function isStillAbove(npm: number, parent: number): boolean {
  return process.platform !== 'linux' || lookUp(parent)?.parent === npm;
}

/** A process's name and its parent. */
function lookUp(pid: number): { readonly name: string; readonly parent: number } | undefined {
  try {
    if (process.platform !== 'linux') {
      const printed = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
      const [, parent, name] = /^\s*(\d+)\s+(?:.*\/)?(.+?)\s*$/.exec(printed) ?? [];
      return name === undefined ? undefined : { name, parent: Number(parent) };
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return { name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(stat.slice(end).split(' ')[2]) };
  } catch {
    return undefined;
  }
}
