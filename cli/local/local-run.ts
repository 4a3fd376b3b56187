import { findDeployment, stackOutputs } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { useEmulator } from '../emulator-environment.ts';
import { Activity } from './activity.ts';
import { Agent } from './agent.ts';
import { demonstration } from './demonstration.ts';
import { deploy } from './deploy.ts';
import type { Emulator } from './emulator.ts';
import { ExpectedCalls, read } from './expected-calls.ts';
import { leftOut } from './left-out.ts';
import { openBrowser } from './open-browser.ts';
import { step } from './progress.ts';
import { type Received, startReceiver } from './receiver.ts';
import { SampleAgent } from './sample-agent.ts';
import { startLocalServer } from './server.ts';
import { explainOtherUrls, setUrls } from './set-urls.ts';
import { undo } from './undo.ts';

/** Longest wait for the calls of the demonstration, milliseconds. */
const ARRIVAL_WITHIN_MS = 60_000;

/**
 * Starts the emulator, deploys to it and plays the demonstration.
 *
 * @param once Whether to return after the demonstration. Otherwise the run continues until `stop` aborts.
 * @returns The exit status.
 */
export async function run(
  once: boolean,
  startEmulator: () => Promise<Emulator>,
  stop: AbortController,
): Promise<number> {
  const emulator = await step('AWS emulator', startEmulator);
  undo.push(() => emulator.stop());
  emulator.lost.then((line) => stop.abort(new UserError(line)));
  await useEmulator(process.env, emulator.endpoint);

  await step('cdk deploy', () => deploy(emulator.endpoint, stop.signal));
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
  if (once) return arrived === wanted ? 0 : 1;

  const server = await startLocalServer(deps, new SampleAgent(agent, activity), activity);
  undo.push(() => server.stop());
  console.log(`
  The system keeps running. Set URLs and act as the agent on this page, which only this machine can open:

    ${server.origin}/

  Or write a change in another terminal and see the call here:

    AWS_ENDPOINT_URL=${emulator.endpoint} npm run -s agent -- create customer AccountID=you

  or list and set the URLs there:

    AWS_ENDPOINT_URL=${emulator.endpoint} npm run -s crm-triggers -- list

  Ctrl-C ends it.\n`);
  if (process.stdout.isTTY && !process.env.CI) openBrowser(`${server.origin}/`);
  calls.showLive();
  return new Promise((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason)));
}
