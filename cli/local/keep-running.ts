import type { Demonstrated } from './local-run.ts';
import { openBrowser } from './open-browser.ts';
import { SampleAgent } from './sample-agent.ts';
import { startLocalServer } from './server.ts';
import { undo } from './undo.ts';

/** Serves the page and prints later calls, until the signal aborts. @returns Never; rejects with the reason of the signal. */
export async function keepRunning(shown: Demonstrated, signal: AbortSignal): Promise<never> {
  const { emulator, deps, agent, activity, calls } = shown;
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
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
