import { setTimeout as sleep } from 'node:timers/promises';
import { lacking, type Need } from './platforms.ts';
import type { World } from './world.ts';

/** One thing that is proven. */
export interface Step {
  readonly name: string;
  /** What is true when it succeeds. */
  readonly proves: string;
  readonly needs: readonly Need[];
  /** The steps without which it cannot begin. */
  readonly after: readonly string[];
  /** It fails when it takes longer. */
  readonly minutes: number;
  /** What to do when it fails. */
  readonly fix: string;
  /** @returns What it proved, with its figures. @throws When it is not so. */
  run(world: World): Promise<string>;
}

/** How long a step may take to end once its time is over. */
const LAST_WORDS_MS = 15_000;

type Print = (line: string) => void;

/**
 * Runs steps one after another, then tears down, whatever happened.
 *
 * @param stop Aborted when somebody ends the run: no other step begins, and what is deployed is torn down.
 * @param tearDown Returns a line for each thing that it removed or left. Throws when something could not be removed.
 * @returns Whether nothing failed.
 */
export async function runSteps(
  steps: readonly Step[],
  world: Omit<World, 'signal'>,
  stop: AbortSignal,
  tearDown: () => Promise<readonly string[]>,
  print: Print = console.log,
): Promise<boolean> {
  const results = new Map<string, Result>();
  for (const step of steps) {
    if (stop.aborted) break;
    const result = await resultOf(step, world, results, stop);
    results.set(step.name, result);
    print(`  ${marks[result.kind]} ${step.name.padEnd(12)}  ${oneLine(result.line)}`);
  }
  const failed = [...results.values()].filter(({ kind }) => kind === 'failed').length;
  const begun = performance.now();
  let isTornDown = true;
  try {
    const lines = await tearDown();
    print(`  ✓ ${'destroy'.padEnd(12)}  all stacks of the stage are deleted  (${seconds(begun)})`);
    for (const line of lines) print(`    ${oneLine(line)}`);
  } catch (error) {
    isTornDown = false;
    print(
      `  ✗ ${'destroy'.padEnd(12)}  failed: ${oneLine((error as Error).message)}  Fix: delete what is named in the CloudFormation console.`,
    );
  }
  const of = (kind: Result['kind']) => [...results.values()].filter((result) => result.kind === kind).length;
  const stopped = stop.aborted ? ', stopped before the end' : '';
  print(`\n  ${of('proven')} proven, ${of('skipped')} skipped, ${failed + Number(!isTornDown)} failed${stopped}.`);
  return failed === 0 && isTornDown && !stop.aborted;
}

interface Result {
  readonly kind: 'proven' | 'skipped' | 'failed';
  readonly line: string;
}

const marks: Readonly<Record<Result['kind'], string>> = { proven: '✓', skipped: '–', failed: '✗' };

async function resultOf(
  step: Step,
  world: Omit<World, 'signal'>,
  results: ReadonlyMap<string, Result>,
  stop: AbortSignal,
): Promise<Result> {
  const lack = lacking(world.platform, step.needs);
  if (lack !== undefined) return { kind: 'skipped', line: `skipped: ${lack}` };
  const missing = step.after.find((name) => results.get(name)?.kind !== 'proven');
  if (missing !== undefined) return { kind: 'skipped', line: `skipped: it needs the step ${missing}` };
  const begun = performance.now();
  const over = AbortSignal.timeout(step.minutes * 60_000);
  const signal = AbortSignal.any([stop, over]);
  const work = step.run({ ...world, signal });
  try {
    const line = await Promise.race([work, ended(signal)]);
    return { kind: 'proven', line: `${line}  (${seconds(begun)})` };
  } catch (error) {
    const why = stop.aborted ? 'it was stopped' : over.aborted ? `not done in ${step.minutes} minutes` : '';
    const { message } = error as Error;
    const what = [why, message].filter(Boolean).join(': ');
    return { kind: 'failed', line: `failed: ${what}. Fix: ${step.fix}  (${seconds(begun)})` };
  }
}

/** Rejects a while after a signal: the step itself says better what it waited for. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = async () => {
      await sleep(LAST_WORDS_MS, undefined, { ref: false });
      reject(new Error('it does not end'));
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, ' ');

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
