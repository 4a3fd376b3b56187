import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isTrigger, type Trigger } from '../../functions/core/entity.ts';
import {
  asUserError,
  findDeployment,
  type OperationDeps,
  stackOutputs,
} from '../../functions/operations/deployment.ts';
import { clear, list, set } from '../../functions/operations/trigger-urls.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { neverProxyLoopback, useEmulator } from '../emulator-environment.ts';
import { Activity } from './activity.ts';
import { Agent } from './agent.ts';
import { openBrowser } from './browser.ts';
import { type DemoStep, demonstration } from './demonstration.ts';
import { deploy } from './deploy.ts';
import { attach, type Emulator, startLocalStack, startMiniStack } from './emulator.ts';
import { asFileError } from './first-error.ts';
import { leftOut } from './left-out.ts';
import { npmEnds } from './npm-ends.ts';
import { step } from './progress.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';
import { SampleAgent } from './sample-agent.ts';
import { startLocalServer } from './server.ts';

const HELP = `npm start [-- OPTIONS]: the whole system on this machine, with an AWS emulator in place of AWS

  --once        show that all eleven triggers are called, then stop: exit status 0 if they were, 1 if not
  --localstack  use LocalStack 4.14.0 in Docker in place of MiniStack

AWS_ENDPOINT_URL=http://… npm start uses an emulator that runs already.`;

/** Marks the URLs that we type, so that a later run knows those that an earlier one could not clear. */
const MARK = '/crm-triggers-receiver/';

/** How long the notifications of the demonstration may take, milliseconds. */
const ARRIVAL_PATIENCE_MS = 60_000;

/** How long after a failure its reason may come, milliseconds. */
const LAST_WORDS_MS = 500;

/** How long what was under way may take to end once it is stopped, milliseconds. */
const UNDONE_WITHIN_MS = 3_000;

/** The exit status of a process that a signal ended, as shells report it. */
const interruptions = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** What has to be undone at the end, the latest first. */
const undo: (() => Promise<unknown>)[] = [];

/** Fulfilled with the exit status when the demonstration is over; never when it stays up. */
async function run(once: boolean, startEmulator: () => Promise<Emulator>, stop: AbortController): Promise<number> {
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

/** Sets the receiver's URL for each trigger that has none, or one that an earlier run left behind. */
async function setUrls(deps: OperationDeps, receiver: Receiver, emulator: Emulator): Promise<void> {
  for (const { trigger, url } of await list(deps)) {
    if (url !== null && !url.includes(MARK)) continue;
    await set(deps, trigger, `${receiver.origin}${MARK}${trigger}`);
    if (!emulator.ours) undo.push(() => clear(deps, trigger));
  }
}

async function explainElsewhere(deps: OperationDeps, receiver: Receiver): Promise<void> {
  for (const { trigger, url } of await list(deps))
    if (!url?.startsWith(receiver.origin))
      console.log(`  ${trigger} calls a URL that was set before: clear ${trigger} to have it called here.`);
}

/** The calls that came in, set beside what was expected. */
class Calls {
  #received: Received[] = [];
  #onCall: () => void = () => {};

  take(call: Received): void {
    this.#received.push(call);
    this.#onCall();
  }

  /** Shows each expected call as it arrives. Returns how many did, the right string to the right URL. */
  async expect(demoSteps: readonly DemoStep[], patienceMs: number): Promise<number> {
    const waiting = new Map(
      demoSteps.flatMap(({ expected }) => (expected ? [[expected.trigger, expected] as const] : [])),
    );
    let right = 0;
    let shown = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#onCall = () => {
        for (; shown < this.#received.length; shown++) {
          const call = read(this.#received[shown] as Received);
          const expected = call.trigger && waiting.get(call.trigger);
          const as = expected?.formattedString === call.formattedString;
          if (as) right++;
          if (expected) waiting.delete(expected.trigger);
          const beside = as ? 'as expected' : `expected ${expected?.formattedString ?? 'nothing'}`;
          console.log(`  ${as ? '✓' : '✗'} ${line(call)}  ${beside}`);
        }
        if (waiting.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onCall();
    });
    for (const { trigger, formattedString } of waiting.values())
      console.log(`  ✗ ${trigger.padEnd(16)}  did not arrive, expected ${formattedString}`);
    return right;
  }

  showLive(): void {
    this.#onCall = () => {
      const latest = this.#received.at(-1);
      if (latest) console.log(`  ${new Date(latest.at).toLocaleTimeString()}  ${line(read(latest))}`);
    };
  }
}

function read({ target }: Received): { trigger: Trigger | undefined; formattedString: string } {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  const trigger = path.startsWith(MARK) ? path.slice(MARK.length) : '';
  return {
    trigger: isTrigger(trigger) ? trigger : undefined,
    formattedString: query === -1 ? '' : target.slice(query),
  };
}

function line({ trigger, formattedString }: ReturnType<typeof read>): string {
  return `${(trigger ?? 'no trigger').padEnd(16)}  ${formattedString.padEnd(56)}`;
}

function emulatorFor(localstack: boolean, signal: AbortSignal): () => Promise<Emulator> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) return () => attach(endpoint);
  return () => (localstack ? startLocalStack(signal) : startMiniStack(signal));
}

/** Runs until it is done, until something that it needs is lost, or until somebody stops it. Leaves nothing running. */
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
  const stop = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
  });
  neverProxyLoopback(process.env);
  for (const [signal, status] of Object.entries(interruptions))
    process.on(signal, () => stop.abort(new Interruption(status)));
  // A closed terminal, or `| head`.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => stop.abort(new Interruption(interruptions.SIGHUP)));
  npmEnds(() => stop.abort(new Interruption(interruptions.SIGTERM)));
  const running = run(values.once ?? false, emulatorFor(values.localstack ?? false, stop.signal), stop);
  running.catch(() => {});
  try {
    return await Promise.race([running, stopped]);
  } catch (caught) {
    // What fails because something is being stopped, or was lost, tells less than why; and that may come a moment later.
    await sleep(LAST_WORDS_MS);
    const error = asFileError(asUserError(stop.signal.aborted ? stop.signal.reason : caught));
    if (error instanceof Interruption) return error.status;
    if (!(error instanceof UserError)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  } finally {
    await Promise.race([running.catch(() => {}), sleep(stop.signal.aborted ? UNDONE_WITHIN_MS : 0)]);
    for (const step of undo.reverse()) await step().catch(() => {});
  }
}

/** Somebody stopped it. */
class Interruption extends Error {
  readonly status: number;

  constructor(status: number) {
    super('stopped');
    this.status = status;
  }
}

process.exit(await main());
