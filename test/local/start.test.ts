import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../support/emulator.ts';
import { assertNoneLeft, commandOf, descendants } from '../support/processes.ts';
import { startLocally } from '../support/start-locally.ts';

/** Asserts that the errors are one line without a stack trace. */
function assertOneLine(errors: string, line: RegExp) {
  assert.match(errors.trim(), line);
  assert.doesNotMatch(errors.trim(), /\n/);
}

const LIVE = /Ctrl-C ends it/;
const linux = { skip: process.platform !== 'linux' && 'reads /proc' };

test('ends all processes after Ctrl-C', linux, async () => {
  const { child, pid, ended, untilPrinted } = startLocally();
  assert.match((await untilPrinted(LIVE)).input, /11 of 11 arrived as expected/);
  const started = descendants(pid);
  child.kill('SIGINT');
  assert.deepEqual([(await ended).code, (await ended).errors], [130, '']);
  await assertNoneLeft(started);
});

test('prints one line and ends all processes when the emulator is killed during the deployment', linux, async () => {
  const { pid, ended, untilPrinted } = startLocally();
  await untilPrinted(/✓ AWS emulator/);
  const cdk = () => descendants(pid).some((id) => commandOf(id).includes('aws-cdk'));
  await until('the CDK is running', cdk);
  const started = descendants(pid);
  process.kill(started[0] as number, 'SIGKILL');
  const { code, errors } = await ended;
  assert.equal(code, 1);
  assertOneLine(errors, /^MiniStack stopped \(SIGKILL\): start again\.$/);
  await assertNoneLeft(started);
});

test('ends the emulator and its functions when it is killed', linux, async () => {
  const { child, pid, ended, untilPrinted } = startLocally();
  await untilPrinted(LIVE);
  const started = descendants(pid);
  child.kill('SIGKILL');
  await ended;
  await assertNoneLeft(started);
});

const wrong: [string, string[], Record<string, string>, number, RegExp][] = [
  ['an unknown option', ['--twice'], {}, 2, /^Unknown option '--twice'\. See npm start -- --help\.$/],
  [
    'an endpoint where nothing responds',
    [],
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    1,
    /^Nothing responds at http:\/\/127\.0\.0\.1:9: start your emulator there, or unset AWS_ENDPOINT_URL\.$/,
  ],
  [
    'an endpoint that is no URL',
    [],
    { AWS_ENDPOINT_URL: 'localhost:4566' },
    1,
    /^AWS_ENDPOINT_URL is no URL: write it like http:\/\/127\.0\.0\.1:4566\.$/,
  ],
  [
    'LocalStack without Docker',
    ['--localstack'],
    { PATH: '/nowhere' },
    1,
    /^no Docker is installed: install and start Docker, and try again\.$/i,
  ],
];

for (const [title, words, env, status, line] of wrong)
  test(`reports ${title} in one line`, async () => {
    const { code, errors } = await startLocally(words, env).ended;
    assertOneLine(errors, line);
    assert.equal(code, status);
  });
