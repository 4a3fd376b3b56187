import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mismatch } from '../../functions/core/stage-account.ts';
import { folder, here, run, sts } from '../support/fake-account.ts';

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

test('the command line rejects a stage of another account in one line, before it requests the stack', async (t) => {
  const { requests, url } = await sts(t);
  const cwd = folder(t);
  writeFileSync(join(cwd, 'cdk.json'), JSON.stringify({ context: { stages: { prod: { account: '111122223333' } } } }));
  const env = { AWS_ENDPOINT_URL_STS: url, AWS_ENDPOINT_URL_CLOUDFORMATION: url };
  const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
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
