import type { State } from '../../core/breaker.ts';
import { type Trigger, triggers } from '../../core/entity.ts';
import type { Deps } from '../deployment.ts';
import type { Check } from './check.ts';
import type { Inspector } from './inspector.ts';

/** Drain runs each minute, so a state that it must end lasts at most this time, in milliseconds. */
const DRAINS_WITHIN_MS = 70_000;
const LOOK_MS = 5_000;

/** A trigger whose backlog drain should have delivered already. */
interface StuckFacts {
  readonly where: Trigger;
  readonly state: State;
  readonly hasUrl: boolean;
  readonly inBacklog: number;
  readonly drain: string;
}

type StuckDeps = Deps<'outputs' | 'triggersTable' | 'backlog'>;

/**
 * Returns the triggers whose state drain should have changed. A trigger counts only if its state stays the same for longer
 * than drain's schedule. So if there is a suspect, this takes a minute.
 */
export async function stuckFacts(
  deps: StuckDeps,
  inspector: Inspector,
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<StuckFacts[]> {
  let stuck = await suspects(deps, inspector, triggers);
  for (let waited = 0; stuck.length > 0 && waited < DRAINS_WITHIN_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    const before = new Map(stuck.map((seen) => [seen.where, seen]));
    const again = await suspects(deps, inspector, [...before.keys()]);
    stuck = again.filter((seen) => isUnmoved(seen, before.get(seen.where)));
  }
  return stuck;
}

async function suspects(deps: StuckDeps, inspector: Inspector, of: readonly Trigger[]): Promise<StuckFacts[]> {
  const now = await inspector.ask('the triggers', deps.triggersTable.read(of));
  const seen = await Promise.all(
    [...(now ?? [])]
      .filter(([, { state }]) => state !== 'active')
      .map(async ([where, { state, url }]) => {
        const inBacklog = await inspector.ask(`the backlog of ${where}`, deps.backlog.count(where, 'parked'));
        const drain = deps.outputs.DrainFunction;
        return typeof inBacklog === 'number' ? [{ where, state, hasUrl: url !== undefined, inBacklog, drain }] : [];
      }),
  );
  return seen.flat().filter((one) => stuckChecks.some(({ wrong }) => wrong(one)));
}

/** Returns whether the backlog is not getting shorter. Drain can be delivering a long one. */
function isUnmoved(now: StuckFacts, before: StuckFacts | undefined): boolean {
  return before?.state === now.state && before.hasUrl === now.hasUrl && now.inBacklog >= before.inBacklog;
}

export const stuckChecks: readonly Check<StuckFacts>[] = [
  {
    wrong: ({ hasUrl, inBacklog }) => !hasUrl && inBacklog > 0,
    what: ({ inBacklog }) =>
      `no URL is set, and notifications stay in its backlog that drain should have moved to Failed: ${inBacklog}`,
    fix: ({ where, drain }) => `${runDrain(drain)}; to have them delivered, crm-triggers set ${where} URL`,
  },
  {
    wrong: ({ state, inBacklog }) => (state === 'draining' || state === 'finishing') && inBacklog === 0,
    what: ({ state }) =>
      `it is ${state}, and its backlog is empty: drain has not ended that, and new notifications wait`,
    fix: ({ drain }) => runDrain(drain),
  },
];

const runDrain = (drain: string): string =>
  `aws lambda invoke --function-name ${drain} out.json; if that changes nothing, see the log of that function`;
