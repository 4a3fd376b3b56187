import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../cli/local/process.ts';
import { root } from '../../infra/folders.ts';
import { interrupted } from '../support/processes.ts';

const sources = ['cdk.json', 'cli', 'docs', 'functions', 'infra', 'package-lock.json', 'package.json', 'tools'];

test('npm ci --ignore-scripts is enough for a deployment: the stack is synthesized with all bundles', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'crm-triggers-without-scripts-'));
  try {
    for (const name of sources) await cp(join(root, name), join(cwd, name), { recursive: true });
    await run('npm', ['ci', '--ignore-scripts', '--silent', '--no-audit', '--no-fund'], { cwd }, interrupted);
    await run('npx', ['--no-install', 'cdk', 'synth', '--quiet', '--output', 'out'], { cwd }, interrupted);
    const assets = (await readdir(join(cwd, 'out'))).filter((name) => name.startsWith('asset.'));
    assert.equal(assets.length, 4);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});
