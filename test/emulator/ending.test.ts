import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../support/emulator.ts';
import { assertNoneLeft, commandOf, descendants, endWithUs } from '../support/processes.ts';

/** Runs a test file by Node's runner in a separate process group, like a shell. */
function runner(file: string) {
  const path = fileURLToPath(new URL(`../support/ending/${file}`, import.meta.url));
  const { NODE_TEST_CONTEXT: _, AWS_ENDPOINT_URL: __, ...env } = process.env;
  const child = spawn(process.execPath, ['--test', path], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const group = -(child.pid as number);
  const stop = endWithUs(async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(group, 'SIGTERM');
    await ended;
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const started = new Set<number>();
  return {
    ended,
    stop,
    printed: () => printed,
    interrupt: () => process.kill(group, 'SIGINT'),
    /** The IDs of all its descendants so far. */
    started() {
      for (const pid of descendants(child.pid as number)) started.add(pid);
      return [...started];
    },
  };
}

const isEmulator = (pid: number) => commandOf(pid).includes('ministack');

describe('a test run leaves no process behind', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  test('when Ctrl-C ends it in the middle of a test', async () => {
    const run = runner('waits.ts');
    await until('the test waits', () => run.printed().includes('it waits'));
    const started = run.started();
    assert.ok(started.some(isEmulator), 'an emulator runs');
    run.interrupt();
    await assertNoneLeft(started);
    await run.ended;
  });

  test('when the deployment in a before hook fails', async () => {
    const run = runner('fails.ts');
    await until('an emulator runs', () => run.started().some(isEmulator));
    const [status] = await run.ended;
    assert.equal(status, 1);
    assert.match(run.printed(), /No stacks? match/i);
    await assertNoneLeft(run.started());
  });
});
