import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mismatch } from '../../functions/core/stage-account.ts';

const here = { account: '111111111111', region: 'eu-west-1' };

test('accepts a stage that belongs here, or for which nothing is set', () => {
  for (const home of [{}, { account: here.account }, { region: here.region }, here])
    assert.equal(mismatch('prod', home, here), undefined);
  assert.equal(mismatch('prod', { region: 'us-east-1' }, { account: here.account }), undefined);
});

test('says in one line which account a stage belongs to, whose credentials these are, and how to fix it', () => {
  const home = { account: '222222222222', region: here.region };
  const fix =
    'To fix this, set AWS_PROFILE to a profile of account 222222222222, or change stages.prod.account in cdk.json.';
  const start = 'The stage prod belongs to account 222222222222, but the credentials are of account 111111111111';
  assert.equal(mismatch('prod', home, here), `${start}. ${fix}`);
  const who = 'arn:aws:iam::111111111111:user/ann';
  assert.equal(mismatch('prod', home, { ...here, who }), `${start} (${who}). ${fix}`);
});

test('says in one line which region a stage belongs to, and how to fix it', () => {
  assert.equal(
    mismatch('prod', { account: here.account, region: 'us-east-1' }, here),
    'The stage prod belongs to region us-east-1, but the AWS region is eu-west-1. To fix this, set AWS_REGION=us-east-1, or change stages.prod.region in cdk.json.',
  );
});
