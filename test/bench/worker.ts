// A process that repeats one action: `worker.ts MODULE NAME`. The parent sends it the duration.
import type { Reported, Way, Worked } from './workers.ts';

const [module = '', name = ''] = process.argv.slice(2);
const { ways }: { ways: Readonly<Record<string, Way>> } = await import(module);
const work = await ways[name]?.();
if (!work) throw new Error(`There is no ${name} in ${module}.`);

process.on('message', async ({ milliseconds, url }: Reported) => {
  const start = performance.now();
  const before = process.cpuUsage();
  // Once at least: on a busy machine a short turn is over before it begins.
  let asked = 0;
  const done = await work(() => asked++ === 0 || performance.now() - start < milliseconds, url);
  const { user, system } = process.cpuUsage(before);
  const worked: Worked = { done, seconds: (performance.now() - start) / 1e3, cpuSeconds: (user + system) / 1e6 };
  process.send?.(worked);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
