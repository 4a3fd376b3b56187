import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../functions/operations/user-error.ts';
import { root } from '../../infra/folders.ts';
import { emulatorEnvironment } from '../emulator-environment.ts';
import { cdkProgram } from './cdk-program.ts';
import { firstError } from './first-error.ts';
import { Failure, pathWithThisNode, run } from './process.ts';

/** The stacks to deploy, and with which settings. */
export interface Deployed {
  readonly stacks?: readonly string[] | undefined;
  readonly stage?: string;
  /** Settings in addition to those of the local stage in cdk.json. */
  readonly settings?: object;
  /** The CDK app: a path in the project's folder. */
  readonly app?: string;
  /** A folder with the synthesized templates of the same stacks, stage and settings. */
  readonly assembly?: string | undefined;
}

/**
 * Deploys stacks as a local stage to an emulator, with the same `cdk deploy` as to an account.
 *
 * @throws {UserError} When the deployment fails.
 */
export async function deploy(endpoint: string, signal: AbortSignal, deployed: Deployed = {}): Promise<void> {
  const commands = [['bootstrap'], ['deploy', ...stacksOf(deployed), '--require-approval', 'never']];
  await emulated(endpoint, signal, deployed, commands).catch((error) => {
    signal.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    throw new UserError(`cdk could not deploy to ${endpoint}: ${firstError(error.printed)}`);
  });
}

/** @throws {Error} With the output of the CDK, when the deployed stacks differ from the synthesized ones. */
export async function assertNoDiff(endpoint: string, signal: AbortSignal, deployed: Deployed = {}): Promise<void> {
  await emulated(endpoint, signal, deployed, [['diff', ...stacksOf(deployed), '--fail', '--no-change-set']]);
}

const stacksOf = ({ stacks = ['CrmTriggers'] }: Deployed) => stacks;

/** Synthesizes into a folder, for later deployments to an emulator. */
export async function synthesize(signal: AbortSignal, deployed: Deployed, into: string): Promise<void> {
  await emulated('http://127.0.0.1', signal, deployed, [], into);
}

/** Runs the CDK on an emulator. The given settings override those of the local stage. */
async function emulated(
  endpoint: string,
  signal: AbortSignal,
  { stage = 'local', settings, ...deployed }: Deployed,
  commands: string[][],
  output?: string,
): Promise<void> {
  const all = deployed.assembly ? {} : { ...(await configuration()).context.stages.local, ...settings };
  // The CDK's own rules take 4 s of CPU time. A deployment to an account checks its templates with them, and so do the tests.
  const environment = { ...(await emulatorEnvironment(endpoint)), CDK_VALIDATION: 'false' };
  await cdk(environment, signal, { ...deployed, stage, settings: all }, commands, output);
}

/** Reads cdk.json of the project. */
export async function configuration() {
  return JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
}

/**
 * Synthesizes once and runs commands of the CDK on the result.
 *
 * @param inherited The environment of the CDK, with its credentials and region or endpoint.
 * @param deployed The stage with all its settings.
 */
export async function cdk(
  inherited: NodeJS.ProcessEnv,
  signal: AbortSignal,
  deployed: Deployed & { readonly stage: string },
  commands: string[][],
  output = 'out',
): Promise<void> {
  const { stage, settings = {}, assembly, app: file = join('infra', 'app.ts') } = deployed;
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-cdk-'));
  const env: NodeJS.ProcessEnv = { ...inherited, PATH: pathWithThisNode, CI: '1' };
  const program = await cdkProgram(signal);
  const execute = (...words: string[]) => run(process.execPath, [program, ...words], { cwd: folder, env }, signal);
  try {
    // On an emulator, empty values override those in the user's ~/.cdk.json.
    const ambient = env.AWS_ENDPOINT_URL ? { profile: '', proxy: '' } : {};
    const config = { ...ambient, ...(!assembly && (await appOf(file, stage, settings))) };
    await writeFile(join(folder, 'cdk.json'), JSON.stringify(config));
    if (!assembly) await execute('synth', ...stacksOf(deployed), '--quiet', '--output', output);
    for (const command of commands) await execute(...command, '--app', assembly ?? output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The CDK app with the settings of one stage. */
async function appOf(file: string, stage: string, settings: object) {
  const { context } = await configuration();
  return { app: `node ${quoted(join(root, file))}`, context: { ...context, stages: { [stage]: settings }, stage } };
}

/** Quotes a path for the shell that starts the app. */
function quoted(path: string): string {
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
