import { parseArgs } from 'node:util';
import { startInDocker } from './docker-emulator.ts';
import { attach, type Emulator } from './emulator.ts';
import { interruptible } from './interruptible.ts';
import { keepRunning } from './keep-running.ts';
import { demonstrate } from './local-run.ts';
import { startMiniStack } from './ministack.ts';

const HELP = `npm start [-- OPTIONS] runs the whole system on this machine, on an AWS emulator

  --once        check that all eleven triggers are called, then stop: exit status 0 if they are, 1 if not
  --localstack  use LocalStack 4.14.0 in Docker instead of MiniStack

To use an emulator that is already running, set AWS_ENDPOINT_URL=http://…`;

function emulatorFor(localstack: boolean, signal: AbortSignal): () => Promise<Emulator> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) return () => attach(endpoint);
  return () => (localstack ? startInDocker('localstack', signal) : startMiniStack(signal));
}

/** Runs until the demonstration or the emulator ends, or the user stops it. */
async function main(): Promise<number> {
  const options = { once: { type: 'boolean' }, localstack: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  let values: { once?: boolean; localstack?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0]}. See npm start -- --help.`);
    return 2;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  return interruptible(async (stop) => {
    const shown = await demonstrate(emulatorFor(values.localstack ?? false, stop.signal), stop);
    return values.once ? shown.status : keepRunning(shown, stop.signal);
  });
}

process.exit(await main());
