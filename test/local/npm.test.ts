import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { root } from '../../infra/folders.ts';
import { until } from '../support/emulator.ts';
import { fakeEmulator } from '../support/fake-emulator.ts';
import { assertNoneLeft, commandOf, descendants, endWithUs, killIfAlive } from '../support/processes.ts';

const linux = { skip: process.platform !== 'linux' && 'reads /proc' };

/** Runs `npm start` until the CDK sends requests to an emulator that never responds. */
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
    for (const id of [pid, ...started()]) killIfAlive(id);
  });
  await until('the CDK is running', () => started().some((id) => commandOf(id).includes('aws-cdk')));
  return { npm, pid, gone, started: started(), kill };
}

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)
  test(`ends all processes when only npm receives ${signal}`, linux, async () => {
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

test('ends all processes when its terminal closes', linux, async () => {
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
