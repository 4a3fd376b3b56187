import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checked, type Report } from './check.ts';
import { type Group, groups } from './groups.ts';

/** In each group at least this share of the mutants that change what the code does must be killed. */
const LEAST = 0.92;

const here = 'test/mutants';
const written = `${here}/.stryker`;
const sandbox = `${written}/sandbox`;
// Each mutant starts Node anew: it need not compile the same packages each time.
process.env.NODE_COMPILE_CACHE ??= resolve(written, 'compiled');

// Names of groups, and files to mutate in them in place of all.
const files = process.argv.slice(2).filter((name) => name.includes('/'));
const named = process.argv.slice(2).filter((name) => !name.includes('/'));
const unknown = named.filter((name) => !(name in groups));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}: the groups are ${Object.keys(groups).join(', ')}.`);
  process.exit(2);
}

const stryker = `${here}/node_modules/@stryker-mutator/core/bin/stryker.js`;
if (!existsSync(stryker)) run('npm', ['ci', '--prefix', here, '--no-audit', '--no-fund']);
// A run that was ended leaves its copy of the project behind.
rmSync(sandbox, { recursive: true, force: true });
mkdirSync(written, { recursive: true });

const equivalents = JSON.parse(readFileSync(`${here}/equivalents.json`, 'utf8'));
const results = Object.entries(groups)
  .filter(([name]) => named.length === 0 || named.includes(name))
  .map(([name, group]) => {
    const from = performance.now();
    writeFileSync(`${written}/${name}.config.json`, JSON.stringify(configOf(name, group)));
    run(process.execPath, [stryker, 'run', `${written}/${name}.config.json`]);
    const report: Report = JSON.parse(readFileSync(`${written}/${name}.json`, 'utf8'));
    return { group: name, ...checked(report, equivalents), minutes: (performance.now() - from) / 60_000 };
  });

for (const { group, survivors, unmatched } of results) {
  for (const { file, line, code, replacement } of survivors)
    console.log(`\n${group}: survived at ${file}:${line}\n- ${code}\n+ ${replacement}`);
  for (const entry of unmatched)
    console.log(
      `\n${group}: no mutant is any more what equivalents.json has of ${entry.file}: ${JSON.stringify(entry)}`,
    );
}
console.table(
  Object.fromEntries(
    results.map(({ group, share, minutes, survivors, unmatched: _, ...counts }) => [
      group,
      {
        ...counts,
        survived: survivors.length,
        'killed %': (100 * share).toFixed(1),
        minutes: minutes.toFixed(1),
      },
    ]),
  ),
);
if (results.some(({ share }) => share < LEAST)) {
  console.error(`A group is below ${100 * LEAST} %.`);
  process.exitCode = 1;
}

function configOf(name: string, { mutate, tests }: Group) {
  return {
    mutate: files.length > 0 ? files : mutate,
    testRunner: 'own-test-first',
    tap: {
      testFiles: tests,
      // The plugin's hook says which mutant is alive; without isolation a test file is one process, not two.
      nodeArgs: [
        '--require={{hookFile}}',
        `--import=./${here}/preload.ts`,
        '--test',
        '--test-isolation=none',
        '--test-reporter=tap',
        '{{testFile}}',
      ],
      forceBail: true,
    },
    plugins: ['@stryker-mutator/tap-runner', `./${here}/runner.mjs`, `./${here}/noise.ts`],
    ignorers: ['noise'],
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 4_000,
    timeoutFactor: 2,
    disableTypeChecks: false,
    tsconfigFile: 'none',
    checkers: [],
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: `${written}/${name}.json` },
    tempDirName: sandbox,
    ignorePatterns: ['.*', 'dist', 'cdk.out', 'docs', 'test/browser', 'test/bench', `${here}/node_modules`],
    allowEmpty: true,
    fileLogLevel: 'off',
    logLevel: 'warn',
    warnings: { slow: false },
  };
}

function run(command: string, args: readonly string[]) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}
