import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorEnvironment } from '../../functions/admin/emulator-environment.ts';
import { Refusal } from '../../functions/admin/refusal.ts';
import { firstError } from './first-error.ts';
import { root } from './folders.ts';
import { Failure, pathWithThisNode, run } from './process.ts';

/** What is deployed. */
export interface Deployed {
  readonly stacks?: readonly string[] | undefined;
  readonly stage?: string;
  /** Beside those that cdk.json has for the local stage. */
  readonly settings?: object;
  /** A folder that holds what was synthesized before for the same stacks, stage and settings. */
  readonly assembly?: string | undefined;
}

/**
 * Deploys stacks, as a local stage, to an emulator: the same `cdk deploy` as to an account.
 *
 * @throws {Refusal} When it fails.
 */
export async function deploy(endpoint: string, signal: AbortSignal, deployed: Deployed = {}): Promise<void> {
  const commands = [['bootstrap'], ['deploy', ...stacksOf(deployed), '--require-approval', 'never']];
  await cdk(endpoint, signal, deployed, commands).catch((error) => {
    signal.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    throw new Refusal(`cdk could not deploy to ${endpoint}: ${firstError(error.printed)}`);
  });
}

/** @throws {Error} With what the CDK says, when what is deployed is not what would be deployed now. */
export async function assertNoDiff(endpoint: string, signal: AbortSignal, deployed: Deployed = {}): Promise<void> {
  await cdk(endpoint, signal, deployed, [['diff', ...stacksOf(deployed), '--fail', '--no-change-set']]);
}

const stacksOf = ({ stacks = ['CrmTriggers'] }: Deployed) => stacks;

/** Synthesizes into a folder, for later deployments of the same to an emulator. */
export async function synthesize(signal: AbortSignal, deployed: Deployed, into: string): Promise<void> {
  await cdk('http://127.0.0.1', signal, deployed, [], into);
}

/** Synthesizes once, and has the CDK do its commands with what came of it. */
async function cdk(
  endpoint: string,
  signal: AbortSignal,
  deployed: Deployed,
  commands: string[][],
  output = 'out',
): Promise<void> {
  const { stage = 'local', settings, assembly } = deployed;
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-cdk-'));
  const env = { ...(await emulatorEnvironment(endpoint)), PATH: pathWithThisNode, CI: '1' };
  const program = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const execute = (...words: string[]) => run(process.execPath, [program, ...words], { cwd: folder, env }, signal);
  try {
    const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
    const stages = { [stage]: { ...context.stages.local, ...settings } };
    const app = `node ${quoted(join(root, 'infra', 'app.ts'))}`;
    // Empty, so that those of the user's own ~/.cdk.json do not count.
    const ambient = { profile: '', proxy: '' };
    const config = { ...ambient, app, context: { ...context, stages, stage } };
    await writeFile(join(folder, 'cdk.json'), JSON.stringify(config));
    if (!assembly) await execute('synth', ...stacksOf(deployed), '--quiet', '--output', output);
    for (const command of commands) await execute(...command, '--app', assembly ?? output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A path as one word of the shell that starts the app. */
function quoted(path: string): string {
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
