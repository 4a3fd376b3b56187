import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const soak = fileURLToPath(new URL('soak.ts', import.meta.url));

/** npm run test:fast plays fewer stories. */
const STORIES = process.env.STORIES ?? '1000';

/** The same stories each time. npm run test:soak plays others with a new seed. */
const SEED = process.env.SEED ?? '1';

// In a process of its own: the test runner follows every promise, and stories make millions.
test(`with any faults, nothing is lost, each record keeps its order, and repeats keep their IDs: ${STORIES} stories`, async (t) => {
  const played = await promisify(execFile)(process.execPath, [soak, '--runs', STORIES, '--seed', SEED]).catch(
    (error) => error,
  );
  const last = played.stdout.trim().split('\n').at(-1);
  t.diagnostic(last);
  assert.match(
    last,
    new RegExp(`^${STORIES} stories played, 0 promises broken, seed \\d+$`),
    played.stdout + played.stderr,
  );
});
