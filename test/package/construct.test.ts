import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../../infra/folders.ts';
import { assertAllFire } from '../support/all-triggers.ts';
import { runningEmulator } from '../support/emulator.ts';
import { nodeVersions, pathWithNode } from '../support/node-versions.ts';
import { cdkPackages, emptyProject, packed } from '../support/packed.ts';

/** An app of six lines. Its receivers are on this machine. */
const app = `import { App, Stack } from 'aws-cdk-lib';
import { CrmTriggers, CrmTriggersConsole } from 'crm-triggers';
const stack = new Stack(new App(), 'CrmTriggers');
const local = { emulated: true, keepData: false, allowHttp: true, allowedPrivateNetworks: ['0.0.0.0/0'] };
const triggers = new CrmTriggers(stack, 'Triggers', local);
new CrmTriggersConsole(stack, 'Console', { triggers });
`;

const commonJs = app
  .replace(/^import (\{.*\}) from '(.*)';$/gm, "const $1 = require('$2');")
  .replace('new App()', "new App({ outdir: 'cdk.out' })");

describe('the package in an empty project', () => {
  let project: Awaited<ReturnType<typeof emptyProject>>;
  before(async () => {
    project = await emptyProject();
    await project.run('npm', ['init', '-y']);
    const packages = await cdkPackages('aws-cdk-lib', 'constructs', 'aws-cdk');
    await project.run('npm', ['install', '--no-audit', '--no-fund', await packed(), ...packages]);
    await project.write('app.mjs', app);
    await project.write('app.cjs', commonJs);
    await project.write('cdk.json', JSON.stringify({ app: 'node app.mjs' }));
  });
  after(() => project?.[Symbol.asyncDispose]());

  test('installs nothing but the peer dependencies, and no bundler', () => {
    const installed = readdirSync(join(project.cwd, 'node_modules'));
    assert.ok(installed.includes('crm-triggers') && installed.includes('aws-cdk-lib'));
    for (const name of ['esbuild', 'zod', 'undici', '@aws-sdk']) assert.ok(!installed.includes(name), name);
  });

  for (const version of nodeVersions)
    test(`Node ${version} synthesizes an app of six lines, as an ES module and as CommonJS`, async () => {
      assert.equal(app.trim().split('\n').length, 6);
      const env = {
        ...process.env,
        PATH: await pathWithNode(version),
        JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
      };
      assert.equal((await project.run('node', ['--version'], env)).trim(), `v${version}`);
      for (const file of ['app.mjs', 'app.cjs']) {
        const printed = await project.run('npx', ['cdk', 'synth', '--quiet', '--app', `node ${file}`], env);
        assert.doesNotMatch(printed, /warn|bundl|deprecat/i, file);
      }
    });

  test('its declarations compile in strict mode, and reject a wrong prop', async () => {
    await project.write('app.ts', app);
    await project.write('wrong.ts', app.replace('allowHttp: true', 'allowHttp: 1'));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'esnext', '--skipLibCheck', 'false'];
    const tsc = [join(root, 'test', 'node_modules', 'typescript', 'bin', 'tsc'), ...options];
    await project.run(process.execPath, [...tsc, 'app.ts']);
    await assert.rejects(project.run(process.execPath, [...tsc, 'wrong.ts']), /allowHttp/);
  });

  test('all eleven triggers fire after cdk deploy to an emulator, and the command line lists them', async () => {
    const emulator = await runningEmulator();
    try {
      await project.run('npx', ['cdk', 'bootstrap', '--app', 'cdk.out']);
      await project.run('npx', ['cdk', 'deploy', '--require-approval', 'never']);
      await assertAllFire();
      assert.match(await project.run('npx', ['crm-triggers', 'list']), /customer\.create/);
    } finally {
      await emulator.stop();
    }
  });
});
