import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { root } from '../../infra/folders.ts';
import { until } from '../support/emulator.ts';
import { fakeEmulator } from '../support/fake-emulator.ts';
import { assertNoneLeft, commandOf, descendants, endWithUs } from '../support/processes.ts';

const linux = { skip: process.platform !== 'linux' && 'reads /proc' };

/** `npm start`, with the CDK at work on an emulator that never responds. */
async function npmStart(emulator: { readonly origin: string }) {
  const npm = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    env: { ...process.env, AWS_ENDPOINT_URL: emulator.origin },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(npm, 'exit');
  npm.stderr.resume();
  npm.stdout.resume();
  const pid = npm.pid as number;
  const started = () => descendants(pid);
  const kill = endWithUs(async () => {
    for (const one of [pid, ...started()])
      try {
        process.kill(one, 'SIGKILL');
      } catch {
        // It is gone.
      }
  });
  await until('the CDK is at work', () => started().some((one) => commandOf(one).includes('aws-cdk')));
  return { npm, pid, gone, started: started(), kill };
}

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)
  test(`ends everything when npm alone gets ${signal}`, linux, async () => {
    await using emulator = await fakeEmulator({ respondsToCalls: false });
    const { pid, gone, started, kill } = await npmStart(emulator);
    try {
      process.kill(pid, signal);
      await gone;
      await assertNoneLeft(started);
    } finally {
      await kill();
    }
  });

test('ends everything when its terminal is closed', linux, async () => {
  await using emulator = await fakeEmulator({ respondsToCalls: false });
  const { npm, pid, gone, started, kill } = await npmStart(emulator);
  try {
    npm.stdout.destroy();
    npm.stderr.destroy();
    process.kill(-pid, 'SIGHUP');
    await gone;
    await assertNoneLeft(started);
    assert.ok(started.length >= 2);
  } finally {
    await kill();
  }
});
