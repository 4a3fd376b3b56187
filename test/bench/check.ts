import type { Ratio } from './figures.ts';

/** A ratio can be worse than the committed one by this factor, because runs on one machine differ. */
const TOLERANCE = 0.2;

/** Compares with the ratios of an earlier run. @returns A line for each ratio that is worse or missing. */
export function worsened(now: readonly Ratio[], committed: readonly Ratio[]): string[] {
  return committed.flatMap(({ what, value: before, better, isOfTheMachine }) => {
    if (isOfTheMachine) return [];
    const value = now.find((ratio) => ratio.what === what)?.value;
    if (value === undefined) return [`${what}: there was one, ${before.toFixed(2)}, and is none now`];
    const isWorse = better === 'more' ? value < before * (1 - TOLERANCE) : value > before * (1 + TOLERANCE);
    return isWorse ? [`${what}: ${value.toFixed(2)}, was ${before.toFixed(2)}`] : [];
  });
}
