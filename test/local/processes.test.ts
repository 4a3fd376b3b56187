import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { killIfAlive } from '../support/processes.ts';

test('kills a process, and ignores only that it has ended already', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  const pid = child.pid as number;
  const ended = once(child, 'exit');
  killIfAlive(pid);
  assert.deepEqual(await ended, [null, 'SIGKILL']);
  killIfAlive(pid);
  assert.throws(() => killIfAlive(Number.NaN), TypeError);
});
