import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { useEmulator } from '../../cli/emulator-environment.ts';
import { Agent } from '../../cli/local/agent.ts';
import { assertNoDiff, type Deployed, deploy } from '../../cli/local/deploy.ts';
import { attach } from '../../cli/local/emulator.ts';
import { startMiniStack } from '../../cli/local/ministack.ts';
import type { Entity, Trigger } from '../../functions/core/entity.ts';
import { findDeployment, type OperationDeps, stackOutputs } from '../../functions/operations/deployment.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { endWithUs, interrupted } from './processes.ts';
import { type Call, MARKER, receiver } from './receiver.ts';
import { synthesized } from './synthesized.ts';

/** The emulator that the user chose. Later the variable contains the emulator in use. */
const GIVEN = process.env.AWS_ENDPOINT_URL;

/**
 * Deploys the stack to an emulator: the one at AWS_ENDPOINT_URL, or a new MiniStack. From now on the AWS clients of this
 * process use it. If the deployment fails, the emulator is stopped.
 */
export async function deployedStack(stacks?: string[], host?: string) {
  const emulator = await runningEmulator(host);
  try {
    await emulator.deploy({ stacks });
    const outputs = await stackOutputs();
    const deps = await findDeployment();
    /** Clears the URLs of these triggers, then stops the emulator, even if the first fails. */
    const end = async (...entered: readonly Trigger[]) => {
      try {
        // The URLs of an own emulator disappear with it.
        if (GIVEN) for (const trigger of entered) await clear(deps, trigger);
      } finally {
        await emulator.stop();
      }
    };
    return { deps, agent: new Agent(outputs), outputs, ...emulator, end };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

/** The emulator without a deployed stack. */
export async function runningEmulator(host?: string) {
  const emulator = await (GIVEN ? attach(GIVEN) : startMiniStack(interrupted, 0, host));
  const { endpoint } = emulator;
  const stop = endWithUs(emulator.stop);
  await useEmulator(process.env, endpoint);
  return {
    endpoint,
    deploy: async (deployed?: Deployed) => deploy(endpoint, interrupted, await synthesized(deployed)),
    assertNoDiff: async (deployed?: Deployed) => assertNoDiff(endpoint, interrupted, await synthesized(deployed)),
    stop,
  };
}

/** The maximum time of one round of changes. Capture caches triggers for 5 s. */
const ROUND_MS = 3_000;

/**
 * Sets a URL for each of these triggers and waits until capture has read it. From then on a changed URL counts at once,
 * because deliver reads the URL before every attempt; capture only needs to know that there is one.
 *
 * The last round of changes starts after that, and all its calls are awaited. The calls of earlier rounds came before them, so none
 * fails because the receiver ends, and none is pending when the test counts what is.
 */
export async function takeEffect(stack: { deps: OperationDeps; agent: Agent }, ...triggers: readonly Trigger[]) {
  await using server = await receiver();
  for (const trigger of triggers) await set(stack.deps, trigger, `${server.origin}/${trigger}`);
  const unheard = (id: string) => {
    const targets = server.markers.map(({ target }) => target).filter((target) => target.includes(id));
    return triggers.filter((trigger) => !targets.some((target) => target.startsWith(`/${trigger}?`)));
  };
  await until(
    `a call for each of ${triggers.join(', ')}`,
    async () => {
      await changeMarkers(stack.agent, unheard(MARKER));
      return until('all in this round', () => unheard(MARKER).length === 0, ROUND_MS).catch(() => false);
    },
    60_000,
  );
  const last = await changeMarkers(stack.agent, triggers);
  await until('the calls of the last round', () => unheard(last).length === 0);
}

/** Creates, edits and deletes a marker row of each entity of these triggers, and returns its account ID. */
async function changeMarkers(agent: Agent, triggers: readonly Trigger[]): Promise<string> {
  const id = `${MARKER}${randomUUID()}`;
  for (const entity of new Set(triggers.map((trigger) => trigger.split('.')[0] as Entity)))
    for (const action of ['create', 'edit', 'delete'] as const) await agent.do(action, entity, rowOf(id));
  return id;
}

/** A row of any entity, with the same ID in each attribute of its key. */
const rowOf = (id: string) => ({ AccountID: id, CaseID: id, FollowupID: id, TaskID: id });

/**
 * Writes rows that fire a create trigger until its receiver gets a matching call. Use it for a change that deliver reads a few
 * seconds late, such as a new header.
 */
export async function marked(
  { agent }: { agent: Agent },
  server: { readonly markers: readonly Call[] },
  trigger: `${Entity}.create`,
  fits: (call: Call) => boolean,
) {
  let row = 0;
  const run = `${MARKER}${Date.now().toString(36)}`;
  await until(
    `a call of ${trigger} that fits`,
    async () => {
      await agent.do('create', trigger.split('.')[0] as Entity, rowOf(`${run}-${row++}`));
      return server.markers.some(fits);
    },
    60_000,
    500,
  );
}

/** Like `until`, but invokes drain before each check. */
export const drained = <T>(deps: OperationDeps, what: string, check: () => T | Promise<T>, patienceMs = 240_000) =>
  until(
    what,
    async () => {
      await deps.startDrain();
      return check();
    },
    patienceMs,
    1_500,
  );

/**
 * Waits until a check returns a value, and returns the value. @throws {Error} If it does not in time, with the name of the
 * condition.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  patienceMs = 120_000,
  pauseMs = 100,
): Promise<NonNullable<T>> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`In ${patienceMs / 1000} s it did not come to this: ${what}`);
    await sleep(pauseMs);
  }
}
