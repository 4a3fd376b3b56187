import { lookup } from 'node:dns/promises';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../../functions/admin/refusal.ts';
import { root } from './folders.ts';
import { pathWithThisNode, run } from './process.ts';

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
    const lines = (error as Error).message.split('\n');
    const telling = lines.findLast((line) => /error|fail|❌/i.test(line)) ?? lines.at(-1) ?? '';
    throw new Refusal(`cdk could not deploy to ${endpoint}: ${telling.trim().slice(0, 400)}`);
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
  const env = {
    ...process.env,
    ...(await emulatorEnvironment(endpoint)),
    AWS_PROFILE: undefined,
    PATH: pathWithThisNode,
    CI: '1',
  };
  const program = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const execute = (...words: string[]) => run(process.execPath, [program, ...words], { cwd: folder, env }, signal);
  try {
    const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
    const stages = { [stage]: { ...context.stages.local, ...settings } };
    const app = `node "${join(root, 'infra', 'app.ts')}"`;
    await writeFile(join(folder, 'cdk.json'), JSON.stringify({ app, context: { ...context, stages, stage } }));
    if (!assembly) await execute('synth', ...stacksOf(deployed), '--quiet', '--output', output);
    for (const command of commands) await execute(...command, '--app', assembly ?? output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the AWS SDKs and the CDK need to talk to an emulator and to nothing else. */
export async function emulatorEnvironment(endpoint: string): Promise<Record<string, string>> {
  // With an address in place of a name, S3 clients put the bucket into the path: no DNS name per bucket is needed.
  const s3 = new URL(endpoint);
  s3.hostname =
    (await lookup(s3.hostname.replace(/^\[|\]$/g, ''), { family: 4 }).catch(() => undefined))?.address ?? s3.hostname;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: s3.origin,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: process.env.AWS_REGION ?? 'us-east-1',
  };
}
