import { findDeployment, stackOutputs } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { useEmulator } from '../emulator-environment.ts';
import { Activity } from './activity.ts';
import { Agent } from './agent.ts';
import { openBrowser } from './browser.ts';
import { Calls, read } from './calls.ts';
import { demonstration } from './demonstration.ts';
import { deploy } from './deploy.ts';
import type { Emulator } from './emulator.ts';
import { leftOut } from './left-out.ts';
import { step } from './progress.ts';
import { type Received, startReceiver } from './receiver.ts';
import { SampleAgent } from './sample-agent.ts';
import { startLocalServer } from './server.ts';
import { explainElsewhere, setUrls } from './set-urls.ts';
import { undo } from './undo.ts';

/** How long the notifications of the demonstration may take, milliseconds. */
const ARRIVAL_PATIENCE_MS = 60_000;

/** Fulfilled with the exit status after the demonstration; never when it keeps running. */
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
  for (const what of await leftOut(emulator.endpoint)) console.log(`  – left out by this emulator: ${what}`);
  const deps = await findDeployment();
  const calls = new Calls();
  const activity = new Activity();
  const takeCall = (call: Received) => {
    const { trigger, formattedString } = read(call);
    activity.add('call', trigger ? `${trigger} was called with` : 'a call came for no trigger, with', formattedString);
    calls.take(call);
  };
  const receiver = await step('Receiver', () => startReceiver(takeCall));
  undo.push(() => receiver.stop());
  await step('URLs entered', () => setUrls(deps, receiver, emulator));

  console.log(`\n  The agent creates, edits and deletes one row of each table; ${receiver.origin} receives:\n`);
  const agent = new Agent(await stackOutputs());
  const demoSteps = demonstration(Date.now().toString(36).toUpperCase());
  for (const demoStep of demoSteps) await agent.do(demoStep.action, demoStep.entity, demoStep.row);
  const arrived = await calls.expect(demoSteps, ARRIVAL_PATIENCE_MS);
  await explainElsewhere(deps, receiver);
  const wanted = demoSteps.filter(({ expected }) => expected).length;
  console.log(`\n  ${arrived} of ${wanted} arrived as expected.`);
  if (once) return arrived === wanted ? 0 : 1;

  const server = await startLocalServer(deps, new SampleAgent(agent, activity), activity);
  undo.push(() => server.stop());
  console.log(`
  It stays up. The page, for this machine alone, where you type URLs and play the agent:

    ${server.origin}/

  Or, in another terminal, write a change of your own and see it arrive here:

    AWS_ENDPOINT_URL=${emulator.endpoint} npm run -s agent -- create customer AccountID=you

  or see and set the URLs there:

    AWS_ENDPOINT_URL=${emulator.endpoint} npm run -s crm-triggers -- list

  Ctrl-C ends it.\n`);
  if (process.stdout.isTTY && !process.env.CI) openBrowser(`${server.origin}/`);
  calls.showLive();
  return new Promise((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason)));
}
