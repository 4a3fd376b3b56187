import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const CHECK_EVERY_MS = 300;

/** `npm start` runs this process in a shell. Some shells do not forward signals and keep running when npm ends. */
const SHELL = /^-?(?:a|ba|da|fi|k|mk|z)?sh$|^busybox$/;

/** Calls back when the npm that started this process ends. Does nothing if npm did not start it, and on Windows. */
export function npmEnds(callback: () => void): void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const above = lookUp(parent);
  const npm = above && SHELL.test(above.name) ? above.parent : parent;
  const timer = setInterval(() => {
    if (process.ppid === parent && isRunning(npm) && (npm === parent || isStillAbove(npm, parent))) return;
    clearInterval(timer);
    callback();
  }, CHECK_EVERY_MS);
  timer.unref();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** An ended process exists until its parent reads its status, but then has no children. Checked on Linux, where it is cheap. */
function isStillAbove(npm: number, parent: number): boolean {
  return process.platform !== 'linux' || lookUp(parent)?.parent === npm;
}

/** The name of a process and its parent. */
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
