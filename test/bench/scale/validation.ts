import { comparable, type Found, played, simulated } from './full.ts';
import { percentile } from './load.ts';

const SEEDS = [1, 2, 3, 4];

/** In both, notifications behind a hanging edit of their record wait. After this time they no longer do. */
const CALM_MS = 30_000;

export interface Compared {
  readonly what: string;
  readonly full: number;
  readonly simulated: number;
}

/** Compares the real functions in virtual time with the event simulation, at a rate that both support. Milliseconds. */
export async function validation(seeds = SEEDS): Promise<Compared[]> {
  const full: Found[] = [];
  for (const seed of seeds) full.push(await played(comparable, seed));
  const coarse = seeds.map((seed) => simulated(comparable, seed));
  const delays = (runs: readonly Found[]) =>
    runs
      .flatMap((run) => run.delays.filter(({ changedAt }) => changedAt >= CALM_MS).map(({ ms }) => ms))
      .sort((a, b) => a - b);
  const compare = (what: string, of: (runs: readonly Found[]) => number) => ({
    what,
    full: of(full),
    simulated: of(coarse),
  });
  return [
    compare('median delay', (runs) => percentile(delays(runs), 0.5)),
    compare('99th percentile', (runs) => percentile(delays(runs), 0.99)),
    compare('until the dead trigger is parked', (runs) =>
      runs.reduce((sum, { openedAt }) => sum + openedAt / runs.length, 0),
    ),
  ];
}
