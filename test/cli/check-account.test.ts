import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mismatch } from '../../functions/core/stage-account.ts';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { context, newApp } from '../support/app.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = { account: '999999999999', region: 'us-east-1', who: 'arn:aws:iam::999999999999:user/ada' };

test('accepts a stage without account and region, and one with those of the credentials', () => {
  assert.equal(mismatch('prod', {}, here), undefined);
  assert.equal(mismatch('prod', { account: here.account, region: here.region }, here), undefined);
});

test('reports a stage of another region in one line with both regions and a fix', () => {
  assert.equal(
    mismatch('prod', { account: here.account, region: 'eu-west-1' }, here),
    'The stage prod belongs to region eu-west-1, but the AWS region is us-east-1. ' +
      'To fix this, set AWS_REGION=eu-west-1, or change stages.prod.region in cdk.json.',
  );
});

/** A fake STS that responds to GetCallerIdentity. It records all requests and rejects the others. */
async function sts(t: TestContext) {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests.push(/Action=(\w+)/.exec(body)?.[1] ?? `${request.method} ${request.url}`);
    const isWho = body.includes('Action=GetCallerIdentity');
    const xmlns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
    response.writeHead(isWho ? 200 : 403, { 'content-type': 'text/xml' });
    response.end(
      isWho
        ? `<GetCallerIdentityResponse ${xmlns}><GetCallerIdentityResult><Arn>${here.who}</Arn><UserId>u</UserId><Account>${here.account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
        : `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close().closeAllConnections());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function run(t: TestContext, args: readonly string[], cwd: string, env: Record<string, string>) {
  const { AWS_ENDPOINT_URL: _, AWS_PROFILE: __, ...inherited } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      ...inherited,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_REGION: here.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CI: '1',
      // The CDK caches the account of an access key in this folder.
      CDK_HOME: cwd,
      ...env,
    },
  });
  t.after(() => child.kill());
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, status };
}

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'crm-triggers-account-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('the command line rejects a stage of another account in one line, before it requests the stack', async (t) => {
  const { requests, url } = await sts(t);
  const cwd = folder(t);
  writeFileSync(join(cwd, 'cdk.json'), JSON.stringify({ context: { stages: { prod: { account: '111122223333' } } } }));
  const env = { AWS_ENDPOINT_URL_STS: url, AWS_ENDPOINT_URL_CLOUDFORMATION: url };
  const cli = join(root, 'cli/main.ts');
  const { status, stdout, stderr } = await run(t, [cli, 'list', '--stage', 'prod'], cwd, env);
  assert.deepEqual([status, stdout], [1, '']);
  assert.equal(
    stderr,
    'The stage prod belongs to account 111122223333, but the credentials are of account 999999999999 ' +
      `(${here.who}). To fix this, set AWS_PROFILE to a profile of account 111122223333, ` +
      'or change stages.prod.account in cdk.json.\n',
  );
  assert.deepEqual(requests, ['GetCallerIdentity']);
});

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
