import { lookup } from 'node:dns/promises';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../../functions/admin/refusal.ts';
import { root } from './folders.ts';
import { pathWithThisNode, run } from './process.ts';

/**
 * Deploys stacks, in their local stage, to an emulator: the same `cdk deploy` as to an account.
 *
 * @param settings Beside those that cdk.json has for this stage.
 * @throws {Refusal} When it fails.
 */
export async function deploy(
  endpoint: string,
  signal: AbortSignal,
  stacks = ['CrmTriggers'],
  settings: object = {},
): Promise<void> {
  const out = await mkdtemp(join(tmpdir(), 'crm-triggers-cdk-'));
  const env = {
    ...process.env,
    ...(await emulatorEnvironment(endpoint)),
    AWS_PROFILE: undefined,
    PATH: pathWithThisNode,
    CI: '1',
  };
  const cdk = (...words: string[]) =>
    run(process.execPath, [join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...words], { cwd: out, env }, signal);
  try {
    const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
    const stages = { ...context.stages, local: { ...context.stages.local, ...settings } };
    const app = `node "${join(root, 'infra', 'app.ts')}"`;
    await writeFile(join(out, 'cdk.json'), JSON.stringify({ app, context: { ...context, stages, stage: 'local' } }));
    await cdk('synth', ...stacks, '--quiet', '--output', out);
    await cdk('bootstrap', '--app', out);
    await cdk('deploy', ...stacks, '--app', out, '--require-approval', 'never');
  } catch (error) {
    signal.throwIfAborted();
    const lines = (error as Error).message.split('\n');
    const telling = lines.findLast((line) => /error|fail|❌/i.test(line)) ?? lines.at(-1) ?? '';
    throw new Refusal(`cdk could not deploy to ${endpoint}: ${telling.trim().slice(0, 400)}`);
  } finally {
    await rm(out, { recursive: true, force: true });
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
