import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checked, type Report } from './check.ts';
import { groups } from './groups.ts';
import { here, output, sandbox, strykerConfig } from './stryker-config.ts';

/** In each group the tests must kill at least this share of the mutants that change behavior. */
const LEAST = 0.92;

// Each mutant starts a new Node process. The cache avoids compiling the same packages each time.
process.env.NODE_COMPILE_CACHE ??= resolve(output, 'compiled');

// Arguments are names of groups, and paths of files to mutate instead of the groups' files.
const files = process.argv.slice(2).filter((name) => name.includes('/'));
const chosen = process.argv.slice(2).filter((name) => !name.includes('/'));
const unknown = chosen.filter((name) => !(name in groups));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}. Fix: use one of ${Object.keys(groups).join(', ')}.`);
  process.exit(2);
}

const stryker = `${here}/node_modules/@stryker-mutator/core/bin/stryker.js`;
if (!existsSync(stryker)) run('npm', ['ci', '--prefix', here, '--no-audit', '--no-fund']);
// An interrupted run leaves its copy of the project.
rmSync(sandbox, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

const equivalents = JSON.parse(readFileSync(`${here}/equivalents.json`, 'utf8'));
const results = Object.entries(groups)
  .filter(([name]) => chosen.length === 0 || chosen.includes(name))
  .map(([name, group]) => {
    const from = performance.now();
    writeFileSync(`${output}/${name}.config.json`, JSON.stringify(strykerConfig(name, group, files)));
    run(process.execPath, [stryker, 'run', `${output}/${name}.config.json`]);
    const report: Report = JSON.parse(readFileSync(`${output}/${name}.json`, 'utf8'));
    return { group: name, ...checked(report, equivalents), minutes: (performance.now() - from) / 60_000 };
  });

for (const { group, survivors, unmatched } of results) {
  for (const { file, line, code, replacement } of survivors)
    console.log(`\n${group}: survived at ${file}:${line}\n- ${code}\n+ ${replacement}`);
  for (const entry of unmatched)
    console.log(
      `\n${group}: no mutant matches this entry of equivalents.json. Fix: correct or remove it. ${JSON.stringify(entry)}`,
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
  console.error(`A group killed less than ${100 * LEAST} % of its mutants. Fix: add tests for the survivors above.`);
  process.exitCode = 1;
}

function run(command: string, args: readonly string[]) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}`);
}
