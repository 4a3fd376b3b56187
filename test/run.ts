import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { folder, root } from '../infra/folders.ts';
import { sharing } from './emulator/sharing.ts';
import { testTools } from './tools.ts';

// npm test: the test files, by Node's runner, except those of measured times, of the npm package and of real servers. With --fast
// only those without an emulator, a browser or a clock.
const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } });

/** The files that take longest begin first: one that begins last would be waited for alone. */
const LONGEST = [
  'model/promises',
  'emulator/crashes',
  'emulator/shared-stack',
  'emulator/outages',
  'emulator/upgrade',
  'local/start',
  'emulator/alarms',
];

/** Not part of --fast. */
const SLOW = ['bench', 'browser', 'emulator', 'infra', 'local', 'receivers'];

/**
 * Commands of their own: `npm run test:measured` measures real time, so nothing may run beside it; `npm run test:package` and
 * `npm run test:receivers` install packages from registries.
 */
const EXCLUDED = ['node_modules', 'measured', 'package', 'servers'];

/** More than there are cores, because many tests wait. */
const AT_ONCE = availableParallelism() + 4;

if (values.fast) process.env.STORIES ??= '100';
// What Node makes of a TypeScript file is kept for the other test files that load it, and for the next run.
process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled');

const nameOf = (file: string) => file.replaceAll('\\', '/').replace(/(\.test)?\.ts$/, '');
const rank = (file: string) => {
  const index = LONGEST.indexOf(nameOf(file));
  return index === -1 ? LONGEST.length : index;
};
const isShared = (name: string) => sharing.some((one) => name === `emulator/${one}`);
const found = globSync('**/*.test.ts', { cwd: join(root, 'test'), exclude: (name) => EXCLUDED.includes(name) });
const files = [...found, 'emulator/shared-stack.ts']
  .filter((file) => !isShared(nameOf(file)))
  .filter((file) => !values.fast || !SLOW.includes(nameOf(file).split('/')[0] ?? ''))
  .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
  .map((file) => join(root, 'test', file));

await testTools();

const milliseconds = new Map<string, number>();
const sums = { tests: 0, passed: 0, skipped: 0 };

function start(some: readonly string[], concurrency: number) {
  const results = run({
    files: [...some],
    concurrency,
    execArgv: ['--import', import.meta.resolve('./file-limit.ts')],
  });
  results.on('test:fail', () => {
    process.exitCode = 1;
  });
  results.on('test:summary', ({ file, counts, duration_ms, success }) => {
    if (file) return void milliseconds.set(nameOf(file.slice(join(root, 'test').length + 1)), duration_ms);
    if (!success) process.exitCode = 1;
    for (const name of ['tests', 'passed', 'skipped'] as const) sums[name] += counts[name];
  });
  return results.compose(spec);
}

// The runner prints files in the order in which they began: the first would hold back what all others print.
const begun = performance.now();
const longest = start(files.slice(0, 1), 1);
const others = start(files.slice(1), AT_ONCE - 1);
for (const results of [others, longest]) for await (const chunk of results) process.stdout.write(chunk);

const slowest = [...milliseconds].sort(([, a], [, b]) => b - a).slice(0, 8);
console.log(`slowest files: ${slowest.map(([name, ms]) => `${name} ${Math.round(ms / 1000)} s`).join(', ')}`);
const seconds = Math.round((performance.now() - begun) / 1000);
console.log(`all files: ${seconds} s`);
const { tests, passed, skipped } = sums;
console.log(`tests: ${passed} passed, ${tests - passed - skipped} failed, ${skipped} skipped`);
