import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emulatorEnvironment, useGivenEmulator } from '../../cli/emulator-environment.ts';

test('keeps the proxies and adds all names of this machine to their exceptions', async () => {
  const given = { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: 'corp.example', no_proxy: '10.0.0.1, corp.example' };
  const env = await emulatorEnvironment('http://127.0.0.3:4566', given);
  assert.equal(env.HTTPS_PROXY, 'http://proxy:1');
  const names = 'corp.example,10.0.0.1,localhost,.localhost,127.0.0.1,::1,[::1],127.0.0.3';
  for (const name of ['NO_PROXY', 'no_proxy', 'npm_config_no_proxy']) assert.equal(env[name], names);
  assert.equal((await emulatorEnvironment('http://127.0.0.1:1', { no_proxy: '*' })).NO_PROXY, '*');
});

test('keeps the AWS settings when the endpoint belongs to AWS', async () => {
  for (const host of [
    'vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com',
    'sqs.cn-north-1.amazonaws.com.cn',
    'sqs.eu-west-1.api.aws',
  ]) {
    const env: NodeJS.ProcessEnv = { AWS_ENDPOINT_URL: `https://${host}`, AWS_PROFILE: 'prod' };
    await useGivenEmulator(env);
    assert.equal(env.AWS_PROFILE, 'prod');
  }
  for (const AWS_ENDPOINT_URL of ['http://localstack:4566', 'http://amazonaws.com.example', 'localhost:4566']) {
    const env: NodeJS.ProcessEnv = { AWS_ENDPOINT_URL, AWS_PROFILE: 'prod' };
    await useGivenEmulator(env);
    assert.ok(!('AWS_PROFILE' in env), AWS_ENDPOINT_URL);
  }
});
