import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mismatch } from '../../functions/core/stage-account.ts';

const here = { account: '111111111111', region: 'eu-west-1' };

test('accepts a stage of this account and region, and a stage without these settings', () => {
  for (const home of [{}, { account: here.account }, { region: here.region }, here])
    assert.equal(mismatch('prod', home, here), undefined);
  assert.equal(mismatch('prod', { region: 'us-east-1' }, { account: here.account }), undefined);
});

test('rejects another account in one line, with the account of the credentials and a fix', () => {
  const home = { account: '222222222222', region: here.region };
  const fix =
    'To fix this, set AWS_PROFILE to a profile of account 222222222222, or change stages.prod.account in cdk.json.';
  const start = 'The stage prod belongs to account 222222222222, but the credentials are of account 111111111111';
  assert.equal(mismatch('prod', home, here), `${start}. ${fix}`);
  const who = 'arn:aws:iam::111111111111:user/ann';
  assert.equal(mismatch('prod', home, { ...here, who }), `${start} (${who}). ${fix}`);
});

test('rejects another region in one line, with a fix', () => {
  assert.equal(
    mismatch('prod', { account: here.account, region: 'us-east-1' }, here),
    'The stage prod belongs to region us-east-1, but the AWS region is eu-west-1. To fix this, set AWS_REGION=us-east-1, or change stages.prod.region in cdk.json.',
  );
});
