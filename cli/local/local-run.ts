import { findDeployment, type OperationDeps, stackOutputs } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { useEmulator } from '../emulator-environment.ts';
import { Activity } from './activity.ts';
import { Agent } from './agent.ts';
import { demonstration } from './demonstration.ts';
import { type Deployed, deploy } from './deploy.ts';
import type { Emulator } from './emulator.ts';
import { ExpectedCalls, read } from './expected-calls.ts';
import { leftOut } from './left-out.ts';
import { step } from './progress.ts';
import { type Received, startReceiver } from './receiver.ts';
import { explainOtherUrls, setUrls } from './set-urls.ts';
import { undo } from './undo.ts';

/** Longest wait for the calls of the demonstration, milliseconds. */
const ARRIVAL_WITHIN_MS = 60_000;

/** A system that runs after its demonstration. */
export interface Demonstrated {
  /** The exit status: 0 if all calls arrived as expected. */
  readonly status: number;
  readonly emulator: Emulator;
  readonly deps: OperationDeps;
  readonly agent: Agent;
  readonly activity: Activity;
  readonly calls: ExpectedCalls;
}

/**
 * Starts the emulator, deploys to it and plays the demonstration.
 *
 * @param stop Aborted when the emulator stops.
 */
export async function demonstrate(
  startEmulator: () => Promise<Emulator>,
  stop: AbortController,
  deployed?: Deployed,
): Promise<Demonstrated> {
  const emulator = await step('AWS emulator', startEmulator);
  undo.push(() => emulator.stop());
  emulator.lost.then((line) => stop.abort(new UserError(line)));
  await useEmulator(process.env, emulator.endpoint);

  await step('cdk deploy', () => deploy(emulator.endpoint, stop.signal, deployed));
  for (const line of await leftOut(emulator.endpoint)) console.log(`  – left out by this emulator: ${line}`);
  const deps = await findDeployment();
  const calls = new ExpectedCalls();
  const activity = new Activity();
  const takeCall = (call: Received) => {
    const { trigger, formattedString } = read(call);
    activity.add('call', trigger ? `${trigger} was called with` : 'no trigger was called, with', formattedString);
    calls.take(call);
  };
  const receiver = await step('Receiver', () => startReceiver(takeCall));
  undo.push(() => receiver.stop());
  await step('URLs set', () => setUrls(deps, receiver, emulator));

  console.log(`\n  The agent creates, edits and deletes one row of each table; ${receiver.origin} receives:\n`);
  const agent = new Agent(await stackOutputs());
  const demoSteps = demonstration(Date.now().toString(36).toUpperCase());
  for (const demoStep of demoSteps) await agent.do(demoStep.action, demoStep.entity, demoStep.row);
  const arrived = await calls.expect(demoSteps, ARRIVAL_WITHIN_MS);
  await explainOtherUrls(deps, receiver);
  const wanted = demoSteps.filter(({ expected }) => expected).length;
  console.log(`\n  ${arrived} of ${wanted} arrived as expected.`);
  return { status: arrived === wanted ? 0 : 1, emulator, deps, agent, activity, calls };
}
