import { setTimeout as sleep } from 'node:timers/promises';
import { lacking, type Need } from './platforms.ts';
import type { World } from './world.ts';

/** A step of the verification. */
export interface Step {
  readonly name: string;
  /** The claim that is proven when the step succeeds. */
  readonly proves: string;
  readonly needs: readonly Need[];
  /** The steps that must succeed before it. */
  readonly after: readonly string[];
  /** The time limit. */
  readonly minutes: number;
  /** The advice when the step fails. */
  readonly fix: string;
  /** @returns The proven claim with its figures. @throws When the claim is not proven. */
  run(world: World): Promise<string>;
}

/** The time for a step to end after its time limit. */
const GRACE_MS = 15_000;

type Print = (line: string) => void;

/**
 * Runs steps one after another, and always tears down afterwards.
 *
 * @param stop Aborted to end the run: no other step starts, and the stage is torn down.
 * @param tearDown Returns a line for each resource that it removed or left. Throws when it cannot remove a resource.
 * @returns Whether no step failed, the teardown succeeded and the run was not stopped.
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
      `  ✗ ${'destroy'.padEnd(12)}  failed: ${oneLine((error as Error).message)}  Fix: delete the named stacks in the CloudFormation console.`,
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
  const reason = lacking(world.platform, step.needs);
  if (reason !== undefined) return { kind: 'skipped', line: `skipped: ${reason}` };
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
    const why = stop.aborted ? 'stopped' : over.aborted ? `not done in ${step.minutes} minutes` : '';
    const { message } = error as Error;
    const reason = [why, message].filter(Boolean).join(': ');
    return { kind: 'failed', line: `failed: ${reason}. Fix: ${step.fix}  (${seconds(begun)})` };
  }
}

/** Rejects some time after a signal. Before that, the step can fail with a better reason. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = async () => {
      await sleep(GRACE_MS, undefined, { ref: false });
      reject(new Error('the step does not end'));
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, ' ');

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
