import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { play } from './play.ts';
import { stories } from './story.ts';

// npm run test:soak -- --seconds N [--seed S]: plays stories for a time, or those of a seed that failed.
// With --runs N it plays so many, however long they take. With --all it goes on after a broken promise, and names each.
const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    all: { type: 'boolean' },
  },
});
const seconds = Number(values.seconds ?? 60);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const path = values.path === undefined ? {} : { path: values.path };

/** A story that is interrupted by the time limit leaves the console disabled. */
const print = (line: string) => process.stdout.write(`${line}\n`);

let runs = 0;
let broken = 0;
const counted = fc.asyncProperty(stories, async (story) => {
  const run = runs++;
  await play(story).catch((error) => {
    broken++;
    if (!values.all) throw error;
    print(`--seed ${seed} --path ${run}: ${error.message.replaceAll('\n', '; ')}`);
  });
});
const details = await fc.check(counted, {
  seed,
  ...path,
  ...(values.runs === undefined
    ? { numRuns: Number.POSITIVE_INFINITY, interruptAfterTimeLimit: seconds * 1000 }
    : { numRuns: Number(values.runs) }),
});
if (details.failed && details.counterexample) {
  print(JSON.stringify(details.counterexample[0], null, 2));
  print(String((details.errorInstance as Error | null)?.message));
  print(`replay with: npm run test:soak -- --seed ${details.seed} --path ${details.counterexamplePath}`);
}
const found = values.all ? broken : details.failed && details.counterexample ? 1 : 0;
print(`${runs} stories played, ${found} promises broken, seed ${seed}`);
process.exitCode = found > 0 ? 1 : 0;
