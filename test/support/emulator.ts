import { setTimeout as sleep } from 'node:timers/promises';
import { findDeployment, stackOutputs } from '../../functions/admin/deployment.ts';
import { Agent } from '../../infra/local/agent.ts';
import { deploy, emulatorEnvironment } from '../../infra/local/deploy.ts';
import { attach, startMiniStack } from '../../infra/local/emulator.ts';

/**
 * The deployed stack on an emulator: the one at AWS_ENDPOINT_URL, else a MiniStack of our own. This process's AWS clients
 * talk to it from now on.
 */
export async function deployedStack(stacks?: string[], host?: string) {
  const emulator = await runningEmulator(host);
  await emulator.deploy(stacks);
  const outputs = await stackOutputs();
  return { parts: await findDeployment(), agent: new Agent(outputs), outputs, ...emulator };
}

/** The emulator alone, with nothing deployed yet. */
export async function runningEmulator(host?: string) {
  const never = new AbortController().signal;
  const given = process.env.AWS_ENDPOINT_URL;
  const emulator = given ? await attach(given) : await startMiniStack(never, 0, host);
  Object.assign(process.env, await emulatorEnvironment(emulator.endpoint));
  return {
    endpoint: emulator.endpoint,
    /** @param settings Beside those of the local stage. */
    deploy: (stacks?: string[], settings?: object) => deploy(emulator.endpoint, never, stacks, settings),
    stop: () => emulator.stop(),
  };
}

/** Waits until something holds, and returns it. @throws {Error} With what was waited for, when it does not in time. */
export async function until<T>(
  what: string,
  holds: () => T | Promise<T>,
  patienceMs = 60_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`In ${patienceMs / 1000} s it did not come to this: ${what}`);
    await sleep(100);
  }
}
