import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const together = fileURLToPath(new URL('./together.ts', import.meta.url));

test('a test file finds the process as the first one did: its variables, mocks and console', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-together-'));
  t.after(() => rm(folder, { recursive: true }));
  const code = `import assert from 'node:assert/strict';
    import { mock, test } from 'node:test';
    const { log } = console;
    mock.method(console, 'log', () => {});
    test('finds the process as it was', async () => {
      await null;
      assert.deepEqual([process.env.ADDED, process.env.GIVEN, Math.max(1, 2)], [undefined, 'given', 2]);
      assert.equal(log.mock, undefined);
      Object.assign(process.env, { ADDED: 'added', GIVEN: 'changed' });
      mock.method(console, 'log', () => {}).mock.restore();
      mock.method(Math, 'max', () => 0);
    });`;
  const files = ['a', 'b'].map((name) => join(folder, `${name}.test.mjs`));
  for (const file of files) await writeFile(file, code);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--test-reporter=tap', together, ...files], {
    env: { ...env, GIVEN: 'given' },
  }).catch((error) => error);
  assert.match(stdout, /^# pass 4$/m, stdout);
});
