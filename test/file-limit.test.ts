import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const limit = import.meta.resolve('./file-limit.ts');

for (const [what, code] of [
  ['a process that it started', "test('starts', () => void setInterval(() => {}, 1_000));"],
  ['a test', "setInterval(() => {}, 1_000); test('never ends', () => new Promise(() => {}));"],
] as const)
  test(`stops a test file in which ${what} does not end, and reports it in one line`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-limit-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'hangs.test.mjs');
    await writeFile(file, `import { test } from 'node:test'; ${code}`);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const options = { env: { ...env, FILE_LIMIT_MINUTES: '0.01' }, timeout: 60_000 };
    const errors = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['--import', limit, file], options, (error, _, stderr) => {
        assert.ok(error && !error.killed, 'it fails, and within the minute');
        resolve(stderr);
      });
    });
    assert.equal(errors, 'This test file did not end within 0.01 minutes, so it is stopped.\n');
  });
