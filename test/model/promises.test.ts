import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const soak = new URL('soak.ts', import.meta.url).pathname;

// In a process of its own: the test runner follows every promise, and stories make millions.
test('whatever happens, nothing is lost, each record keeps its order, and repeats keep their ids: 2,000 stories', async (t) => {
  const played = await promisify(execFile)(process.execPath, [soak, '--runs', '2000']).catch((error) => error);
  const last = played.stdout.trim().split('\n').at(-1);
  t.diagnostic(last);
  assert.match(last, /^2000 stories played, 0 promises broken, seed \d+$/, played.stdout + played.stderr);
});
