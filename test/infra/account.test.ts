import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../infra/folders.ts';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { context, newApp } from '../support/app.ts';
import { folder, run, sts } from '../support/fake-account.ts';

const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
const deploy = ['deploy', 'CrmTriggers', '--require-approval', 'never', '--no-notices'];

test('cdk deploy rejects a stage of another account in one line, and sends only GetCallerIdentity', async (t) => {
  const { requests, url } = await sts(t);
  const cwd = folder(t);
  const stages = { prod: { account: '111122223333', region: 'eu-west-1' } };
  const app = `"${process.execPath}" "${join(root, 'infra/app.ts')}"`;
  writeFileSync(join(cwd, 'cdk.json'), JSON.stringify({ app, context: { ...context, stages, stage: 'prod' } }));
  const { status, stdout, stderr } = await run(t, [cdk, ...deploy], cwd, { AWS_ENDPOINT_URL: url });
  assert.equal(status, 1, stdout + stderr);
  assert.match(
    stderr,
    /^Error: The stage prod belongs to account 111122223333, but the credentials are of account 999999999999\. To fix this, set AWS_PROFILE to a profile of account 111122223333, or change stages\.prod\.account in cdk\.json\.$/m,
  );
  assert.deepEqual([...new Set(requests)], ['GetCallerIdentity']);
});

test('cdk deploy deploys nothing when the templates were synthesized for another account', async (t) => {
  const { requests, url } = await sts(t);
  const cwd = folder(t);
  const app = newApp({}, { outdir: join(cwd, 'out') });
  new CrmTriggersStack(app, 'CrmTriggers', { env: { account: '111122223333', region: 'eu-west-1' } });
  app.synth();
  const args = [cdk, ...deploy, '--app', join(cwd, 'out')];
  const { status, stdout, stderr } = await run(t, args, cwd, { AWS_ENDPOINT_URL: url });
  assert.equal(status, 1, stdout + stderr);
  assert.match(stderr, /current credentials \(which are for account 999999999999\)/);
  assert.deepEqual([...new Set(requests)].sort(), ['AssumeRole', 'GetCallerIdentity']);
});
