import type { State } from '../../core/breaker.ts';
import { type Trigger, triggers } from '../../core/entity.ts';
import type { AdminParts } from '../deployment.ts';
import type { Check } from './check.ts';
import type { Look } from './inspector.ts';

/** Drain runs each minute: what it has to end lasts no longer than this, milliseconds. */
const DRAINS_WITHIN_MS = 70_000;
const LOOK_MS = 5_000;

/** A trigger of which drain has something to end, and has not ended it. */
interface StuckSeen {
  readonly where: Trigger;
  readonly state: State;
  readonly hasUrl: boolean;
  readonly inBacklog: number;
  readonly drain: string;
}

/**
 * The triggers that drain should have moved on. Only what stays as it is for longer than drain's schedule is found: when
 * there is something, this takes a minute.
 */
export async function stuckSeen(
  parts: AdminParts,
  look: Look,
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<StuckSeen[]> {
  let stuck = await suspects(parts, look, triggers);
  for (let waited = 0; stuck.length > 0 && waited < DRAINS_WITHIN_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    const before = new Map(stuck.map((seen) => [seen.where, seen]));
    const again = await suspects(parts, look, [...before.keys()]);
    stuck = again.filter((seen) => isUnmoved(seen, before.get(seen.where)));
  }
  return stuck;
}

async function suspects(parts: AdminParts, look: Look, of: readonly Trigger[]): Promise<StuckSeen[]> {
  const now = await look.ask('the triggers', parts.triggersTable.read(of));
  const seen = await Promise.all(
    [...(now ?? [])]
      .filter(([, { state }]) => state !== 'active')
      .map(async ([where, { state, url }]) => {
        const inBacklog = await look.ask(`the backlog of ${where}`, parts.backlog.count(where, 'parked'));
        const drain = parts.outputs.DrainFunction;
        return typeof inBacklog === 'number' ? [{ where, state, hasUrl: url !== undefined, inBacklog, drain }] : [];
      }),
  );
  return seen.flat().filter((one) => stuckChecks.some(({ wrong }) => wrong(one)));
}

/** Drain may be at work on a long backlog: then it gets shorter. */
function isUnmoved(now: StuckSeen, before: StuckSeen | undefined): boolean {
  return before?.state === now.state && before.hasUrl === now.hasUrl && now.inBacklog >= before.inBacklog;
}

export const stuckChecks: readonly Check<StuckSeen>[] = [
  {
    wrong: ({ hasUrl, inBacklog }) => !hasUrl && inBacklog > 0,
    what: ({ inBacklog }) =>
      `no URL is set, and notifications stay in its backlog that drain should have moved to Failed: ${inBacklog}`,
    mend: ({ where, drain }) => `${runDrain(drain)}; to have them delivered, crm-triggers set ${where} URL`,
  },
  {
    wrong: ({ state, inBacklog }) => (state === 'draining' || state === 'closing') && inBacklog === 0,
    what: ({ state }) =>
      `it is ${state}, and its backlog is empty: drain has not ended that, and new notifications wait`,
    mend: ({ drain }) => runDrain(drain),
  },
];

const runDrain = (drain: string): string =>
  `aws lambda invoke --function-name ${drain} out.json; if that changes nothing, see the log of that function`;
