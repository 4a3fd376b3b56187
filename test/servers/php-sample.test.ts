import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../../cli/local/free-port.ts';
import { until } from '../support/emulator.ts';
import { listens } from '../support/listens.ts';
import { isHere, startSample } from '../support/readme-receivers.ts';
import { send, shortSecrets, target, testCalls } from '../support/sample-tests.ts';
import { debian, NotHere } from './install.ts';
import { fileOf } from './programs.ts';

let folder = '';

/** Adds PHP to the path. Without Debian's packages, the PHP of this machine is used, if there is one. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crm-triggers-php-'));
  const installed = await debian(['php8.2-cli']).catch((error) => {
    if (error instanceof NotHere) return undefined;
    throw error;
  });
  if (installed) await symlink(fileOf(installed, 'usr/bin/php8.2'), join(folder, 'php'));
  process.env.PATH = folder + delimiter + process.env.PATH;
});

after(() => rm(folder, { recursive: true, force: true }));

testCalls('php');

for (const [what, variables] of Object.entries(shortSecrets))
  test(`the sample in PHP rejects every call with ${what}`, { timeout: 60_000 }, async (t) => {
    if (!(await isHere('php'))) return t.skip('there is no php on this machine');
    const port = await freePort();
    await using sample = await startSample('php', { ...variables, PORT: String(port) });
    await until('PHP listens', () => listens(port), 30_000);
    assert.equal(await send(`http://127.0.0.1:${port}`, target, {}), 500);
    assert.match(sample.process.tail(), /SECRET is missing or too short/);
  });
