import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Measures by which factor work is slower than on an idle core, from now on: 1 on an idle machine, 2 if other processes use
 * half of the time. Divide a measured time by it before you compare it with a limit.
 */
export function stretch(): () => number {
  const begun = performance.eventLoopUtilization();
  const cpu = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(cpu);
    return Math.max(1, (performance.eventLoopUtilization(begun).active * 1000) / (user + system));
  };
}

/**
 * Measures how long after a time something happens. The time is that of a timer, because a busy machine delays all timers
 * alike.
 */
export function lateness(milliseconds: number): () => Promise<number> {
  const timer = sleep(milliseconds).then(() => performance.now());
  return async () => {
    const at = performance.now();
    return at - (await timer);
  };
}
