import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { emulatorEnvironment, useEmulator } from '../../cli/emulator-environment.ts';
import { deploy } from '../../cli/local/deploy.ts';
import { root } from '../../infra/folders.ts';
import { fakeEmulator } from '../support/fake-emulator.ts';
import { synthesized } from '../support/synthesized.ts';

const LINE = /Credential=test\/\d+\/us-east-1\//;

let elsewhere: Awaited<ReturnType<typeof fakeEmulator>>;
let home: string;

/** All settings of a developer's machine that could lead an AWS client elsewhere. */
let ambient: Record<string, string>;

before(async () => {
  elsewhere = await fakeEmulator({ respondsToCalls: true });
  home = await mkdtemp(join(tmpdir(), 'crm-triggers-home-'));
  const config = join(home, 'config');
  const lines = ['region = eu-west-1', `endpoint_url = ${elsewhere.origin}`, 'services = all', 'ca_bundle = /nowhere'];
  const services = ['dynamodb', 'cloudformation', 'sts', 's3'].map(
    (name) => `${name} =\n  endpoint_url = ${elsewhere.origin}`,
  );
  const profiles = ['[default]', ...lines, '[profile prod]', ...lines, '[services all]', ...services];
  await writeFile(config, `${profiles.join('\n')}\n`);
  await writeFile(join(home, '.cdk.json'), JSON.stringify({ profile: 'prod', proxy: elsewhere.origin }));
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  ambient = {
    HOME: home,
    AWS_PROFILE: 'prod',
    AWS_DEFAULT_PROFILE: 'prod',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: config,
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_SESSION_TOKEN: 'real',
    AWS_SDK_LOAD_CONFIG: '1',
    AWS_CA_BUNDLE: '/nowhere',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/prod',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
    CDK_PROFILE: 'prod',
    CDK_PROXY: elsewhere.origin,
    NODE_USE_ENV_PROXY: '1',
    ...Object.fromEntries(
      ['CLOUDFORMATION', 'DYNAMODB', 'STS', 'S3', 'LAMBDA', 'SQS'].map((name) => [
        `AWS_ENDPOINT_URL_${name}`,
        elsewhere.origin,
      ]),
    ),
    ...Object.fromEntries(proxies.map((name) => [name, elsewhere.origin])),
  };
});
after(async () => {
  await elsewhere[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

/** Runs a program of the project with the ambient settings. @returns Its standard error. */
const runProgram = (file: string, words: string[], env: Record<string, string>) =>
  new Promise<string>((resolve) => {
    const { no_proxy: _, NO_PROXY: __, ...inherited } = process.env;
    const options = { env: { ...inherited, ...ambient, ...env } };
    execFile(process.execPath, [join(root, file), ...words], options, (_error, _stdout, stderr) => resolve(stderr));
  });

/** Asserts that all requests went to the emulator, with the emulator's credentials and region. */
function assertReached({ asked }: Awaited<ReturnType<typeof fakeEmulator>>) {
  assert.ok(asked.length > 0);
  for (const { headers } of asked) assert.match(headers.authorization ?? '', LINE);
  assert.deepEqual(
    elsewhere.asked.filter(({ target }) => !/cdk\.dev|api\.cloudformation/.test(target)),
    [],
  );
}

describe('with a profile, regions, credentials, endpoints, configuration files and proxies for another place', () => {
  for (const [file, ...words] of [
    ['cli/main.ts', 'list'],
    ['cli/local/write-row.ts', 'create', 'customer', 'AccountID=a'],
  ] as [string, ...string[]][])
    test(`${file} sends requests only to the emulator`, async () => {
      await using emulator = await fakeEmulator({ respondsToCalls: true });
      await runProgram(file, words, { AWS_ENDPOINT_URL: emulator.origin });
      assertReached(emulator);
    });

  test('npm start deploys to the emulator only', async () => {
    await using emulator = await fakeEmulator({ respondsToCalls: true });
    const { no_proxy, NO_PROXY } = process.env;
    const saved = { ...process.env };
    try {
      const deployed = await synthesized();
      Object.assign(process.env, ambient);
      delete process.env.no_proxy;
      delete process.env.NO_PROXY;
      await assert.rejects(deploy(emulator.origin, new AbortController().signal, deployed), { name: 'UserError' });
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
      Object.assign(process.env, saved, no_proxy && { no_proxy }, NO_PROXY && { NO_PROXY });
    }
    assertReached(emulator);
  });

  test('npm start reports a missing folder for temporary files in one line', async () => {
    await using emulator = await fakeEmulator({ respondsToCalls: true });
    const missing = join(home, 'missing');
    const errors = await runProgram('cli/local/start.ts', ['--once'], {
      AWS_ENDPOINT_URL: emulator.origin,
      TMPDIR: missing,
    });
    assert.match(errors.trim(), /^\S+missing\S+ does not exist \(ENOENT\)\. Fix: set TMPDIR to a folder .*$/);
  });
});

test('the environment for an emulator contains no inherited AWS settings', async () => {
  const env = await emulatorEnvironment('http://127.0.0.1:4566', { ...ambient, aws_future: 'x', PATH: '/bin' });
  const { PATH, AWS_ENDPOINT_URL } = env;
  assert.deepEqual([PATH, AWS_ENDPOINT_URL], ['/bin', 'http://127.0.0.1:4566']);
  assert.deepEqual(
    Object.keys(env)
      .filter((name) => /^(?:AWS|CDK|MINISTACK)_/i.test(name))
      .sort(),
    [
      'AWS_ACCESS_KEY_ID',
      'AWS_CONFIG_FILE',
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_ENDPOINT_URL',
      'AWS_ENDPOINT_URL_S3',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SHARED_CREDENTIALS_FILE',
      'CDK_DISABLE_CLI_TELEMETRY',
    ],
  );
  assert.equal(env.AWS_CONFIG_FILE, devNull);
  const changed: NodeJS.ProcessEnv = { ...ambient };
  await useEmulator(changed, 'http://127.0.0.1:4566');
  assert.equal(changed.AWS_PROFILE, undefined);
  assert.ok(!('AWS_PROFILE' in changed));
});
