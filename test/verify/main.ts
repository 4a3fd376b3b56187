import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { checkHome } from '../../cli/check-account.ts';
import { emulatorEnvironment, useEmulator } from '../../cli/emulator-environment.ts';
import { cdk, configuration, type Deployed } from '../../cli/local/deploy.ts';
import { attach, type Emulator } from '../../cli/local/emulator.ts';
import { asFileError, firstError } from '../../cli/local/first-error.ts';
import { isLocalStack } from '../../cli/local/left-out.ts';
import { startMiniStack } from '../../cli/local/ministack.ts';
import { Failure } from '../../cli/local/process.ts';
import { asUserError } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Platform } from './platforms.ts';
import { runSteps } from './runner.ts';
import { type Chosen, checkNotDeployed, chosen, HELP, Misuse, settingsOf } from './stage.ts';
import { steps } from './steps.ts';
import { statusOf, tearDown } from './teardown.ts';
import type { World } from './world.ts';

const names: Readonly<Record<Platform, string>> = { aws: 'AWS', ministack: 'MiniStack', localstack: 'LocalStack' };

async function verify({ stage, emulator: startsEmulator }: Chosen, stop: AbortSignal): Promise<boolean> {
  const emulator = await emulatorFor(startsEmulator, stop);
  try {
    if (emulator) await useEmulator(process.env, emulator.endpoint);
    else await checkHome(stage);
    const { context } = await configuration();
    const settings = { ...(emulator && context.stages.local), ...settingsOf(stage, context.stages) };
    await checkNotDeployed(stage, statusOf);
    const platform = !emulator ? 'aws' : (await isLocalStack(emulator.endpoint)) ? 'localstack' : 'ministack';
    console.log(`\n  Stage ${stage} on ${names[platform]}, ${emulator?.endpoint ?? (await whereOnAws())}\n`);
    return await verifyStage(stage, settings, platform, emulator, stop);
  } finally {
    await emulator?.stop();
  }
}

async function verifyStage(
  stage: string,
  settings: object,
  platform: Platform,
  emulator: Emulator | undefined,
  stop: AbortSignal,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-verify-'));
  const env = emulator ? await emulatorEnvironment(emulator.endpoint) : process.env;
  const once = { stage: assembled(join(folder, 'stage')), receiver: assembled(join(folder, 'receiver')) };
  const undo: World['undo'] = [];
  const world = {
    platform,
    stage,
    run: Date.now().toString(36).toUpperCase(),
    cdk: (...commands: string[][]) => once.stage(env, stop, { stage, settings, stacks: ['*'] }, commands),
    cdkReceiver: (...commands: string[][]) => {
      const deployed = { stage, settings, stacks: ['*'], app: join('test', 'verify', 'app.ts') };
      return once.receiver(env, stop, deployed, commands);
    },
    state: {},
    undo,
  };
  try {
    // The owner of an account bootstraps it. An emulator is new in each run.
    if (emulator) await world.cdkReceiver(['bootstrap']);
    return await runSteps(steps, world, stop, async () => {
      for (const step of undo.reverse()) await step().catch(() => {});
      return tearDown(stage);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs CDK commands on an assembly in a folder. The first run synthesizes it. */
function assembled(folder: string) {
  let isSynthesized = false;
  return async (
    env: NodeJS.ProcessEnv,
    stop: AbortSignal,
    deployed: Deployed & { stage: string },
    commands: string[][],
  ) => {
    try {
      if (!isSynthesized) await cdk(env, stop, deployed, [], folder);
      isSynthesized = true;
      if (commands.length > 0) await cdk(env, stop, { ...deployed, assembly: folder }, commands);
    } catch (error) {
      if (error instanceof Failure) throw new Error(firstError(error.printed));
      throw error;
    }
    return folder;
  };
}

async function emulatorFor(startsEmulator: boolean, stop: AbortSignal): Promise<Emulator | undefined> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) return attach(endpoint);
  // The URL of the console is only valid below a hostname.
  return startsEmulator ? startMiniStack(stop, 0, 'localhost') : undefined;
}

async function whereOnAws(): Promise<string> {
  const sts = new STSClient();
  const { Account, Arn } = await sts.send(new GetCallerIdentityCommand());
  return `account ${Account}, region ${await sts.config.region()}, as ${Arn}`;
}

async function main(): Promise<number> {
  const stop = new AbortController();
  // A second Ctrl-C has no effect, because the stage is deleted first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!stop.signal.aborted) console.error(`\n  ${signal}: the stage is being deleted, please wait.`);
      stop.abort(new UserError(`Stopped by ${signal}.`));
    });
  try {
    const options = chosen(process.argv.slice(2));
    if (!options) {
      console.log(HELP);
      return 0;
    }
    return (await verify(options, stop.signal)) ? 0 : 1;
  } catch (caught) {
    const error = asFileError(asUserError(stop.signal.aborted ? stop.signal.reason : caught));
    if (!(error instanceof Misuse || error instanceof UserError)) throw error;
    console.error(error.message + (error instanceof Misuse ? ' See npm run verify -- --help.' : ''));
    return error instanceof Misuse ? 2 : 1;
  }
}

process.exit(await main());
