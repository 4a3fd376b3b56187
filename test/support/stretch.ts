import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Says by which factor work takes longer here than with a core to itself, from now on: 1 on an idle machine, 2 when half of
 * the time goes to other processes. A time that is promised is compared after division by it.
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
 * Says how long after a time, from now on, something happens. The time is that of a timer, which a busy machine fires late as
 * it does all others.
 */
export function lateness(milliseconds: number): () => Promise<number> {
  const timer = sleep(milliseconds).then(() => performance.now());
  return async () => {
    const at = performance.now();
    return at - (await timer);
  };
}
