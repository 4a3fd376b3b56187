import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
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
  'emulator/shared-stack',
  'emulator/existing-tables',
  'emulator/outages',
  'emulator/upgrade',
  'emulator/crashes',
  'browser/local-run',
  'local/start',
  'emulator/faults',
  'emulator/alarms',
  'browser/accessibility',
];

/** Folders whose files share a process: they compute, and do not wait. */
const TOGETHER = [['drain', 'protocol'], ['capture', 'console', 'core', 'deliver', 'operations'], ['infra']];

/** Not part of --fast. */
const SLOW = ['bench', 'browser', 'emulator', 'infra', 'local', 'receivers'];

/**
 * Commands of their own: `npm run test:measured` measures real time, so nothing may run beside it; `npm run test:package` and
 * `npm run test:receivers` install packages from registries.
 */
const EXCLUDED = ['node_modules', 'measured', 'package', 'servers'];

/** More than there are cores, because many tests wait. */
const AT_ONCE = availableParallelism() + 4;

if (values.fast) process.env.STORIES ??= '50';
// What Node makes of a TypeScript file is kept for the other test files that load it, and for the next run.
process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled');

const nameOf = (file: string) =>
  relative(join(root, 'test'), file)
    .replaceAll('\\', '/')
    .replace(/(\.test)?\.ts$/, '');
const folderOf = (file: string) => nameOf(file).split('/')[0] ?? '';
const rank = (file: string) => {
  const index = LONGEST.indexOf(nameOf(file));
  return index === -1 ? LONGEST.length : index;
};
const isShared = (file: string) => sharing.some((one) => nameOf(file) === `emulator/${one}`);
const found = globSync('**/*.test.ts', { cwd: join(root, 'test'), exclude: (name) => EXCLUDED.includes(name) });
const files = [...found, 'emulator/shared-stack.ts']
  .map((file) => join(root, 'test', file))
  .filter((file) => !isShared(file))
  .filter((file) => !values.fast || !SLOW.includes(folderOf(file)))
  .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
const groups = TOGETHER.map((folders) => files.filter((file) => folders.includes(folderOf(file))));
const grouped = new Set(groups.flat());
/** What is run by a process, in the order in which they begin. */
const jobs = [
  ...groups.filter(({ length }) => length > 0).map((group) => ({ file: join(root, 'test', 'together.ts'), group })),
  ...files.filter((file) => !grouped.has(file)).map((file) => ({ file, group: [] })),
];

await testTools();

const report = new spec();
report.pipe(process.stdout);
const milliseconds = new Map<string, number>();
const sums = { passed: 0, failed: 0, skipped: 0 };
/** The last event of a run. The report gets one after all files, and then lists the failed tests. */
let end: TestEvent | undefined;

/** Runs a file or a group of files, and prints the results at its end, because others run beside it. */
async function play({ file, group }: { readonly file: string; readonly group: readonly string[] }) {
  const execArgv = ['--import', import.meta.resolve('./file-limit.ts')];
  const begun = performance.now();
  const events: TestEvent[] = await run({ files: [file], argv: [...group], execArgv }).toArray();
  if (group.length === 0) milliseconds.set(nameOf(file), performance.now() - begun);
  for (const event of events) {
    count(event, group);
    const isSum = event.type === 'test:summary' || event.type === 'test:diagnostic';
    if (isSum && event.data.file === undefined) end = event;
    else report.write(event);
  }
}

function count({ type, data }: TestEvent, group: readonly string[]) {
  if (type === 'test:fail' || (type === 'test:summary' && !data.success)) process.exitCode = 1;
  if (type !== 'test:pass' && type !== 'test:fail') return;
  const { name, skip, details } = data;
  const isFile = group.includes(name);
  if (isFile) milliseconds.set(nameOf(name), details.duration_ms);
  // A file counts only if it failed itself, for example when it was loaded.
  const hasTests = type === 'test:pass' || /subtests? failed/.test(data.details.error.message);
  if (details.type === 'suite' || (isFile && hasTests)) return;
  if (skip !== undefined) sums.skipped++;
  else if (type === 'test:pass') sums.passed++;
  else sums.failed++;
}

const begun = performance.now();
const next = async () => {
  for (let job = jobs.shift(); job; job = jobs.shift()) await play(job);
};
await Promise.all(Array.from({ length: AT_ONCE }, next));
const printed = finished(report, { writable: false });
report.end(end);
await printed;

const slowest = [...milliseconds].sort(([, a], [, b]) => b - a).slice(0, 8);
console.log(`slowest files: ${slowest.map(([name, ms]) => `${name} ${Math.round(ms / 1000)} s`).join(', ')}`);
const seconds = Math.round((performance.now() - begun) / 1000);
console.log(`all files: ${seconds} s`);
console.log(`tests: ${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
