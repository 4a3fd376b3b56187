import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { commandLine, program } from '../../cli/package/bundles.ts';
import { VERSION } from '../../functions/core/version.ts';

/** The SDK of the Model Context Protocol has 257 KB of them. It is evaluated only by the command `mcp`. */
const MOST_BYTES = 1_600_000;

describe('the published command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crm-triggers-published-'));
  const file = join(folder, 'crm-triggers.mjs');
  before(() => build({ ...commandLine, outfile: file }));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the bundle in a folder without node_modules. */
  const run = (...words: string[]) => {
    const env = { ...process.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env,
    });
    return { status, stdout, stderr };
  };

  test('prints its version and its help', () => {
    assert.deepEqual(run('--version'), { status: 0, stdout: `${VERSION}\n`, stderr: '' });
    assert.match(run('--help').stdout, /set TRIGGER URL/);
  });

  test('on Node 20 prints one line with the fix, and loads nothing else', () => {
    const entry = join(folder, 'entry.mjs');
    writeFileSync(entry, program);
    const old = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.20.2' })";
    const { status, stderr } = spawnSync(process.execPath, ['--import', old, entry, 'demo'], { encoding: 'utf8' });
    assert.equal(
      stderr,
      'crm-triggers needs Node 22 or newer. This is Node 20.20.2. To fix this, install a newer Node.\n',
    );
    assert.equal(status, 1);
  });

  test('sends requests to AWS, and reports an endpoint that does not respond', () => {
    const { status, stderr } = run('list');
    assert.match(stderr, /^Nothing responds at http:\/\/127\.0\.0\.1:9/);
    assert.equal(status, 1);
  });

  test(`has at most ${MOST_BYTES.toLocaleString('en')} bytes`, (t) => {
    const { size } = statSync(file);
    t.diagnostic(`crm-triggers: ${size} bytes`);
    assert.ok(size <= MOST_BYTES, `${size} bytes`);
  });
});
