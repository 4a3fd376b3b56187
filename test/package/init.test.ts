import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeVersions, pathWithNode } from '../support/node-versions.ts';
import { emptyProject, packed } from '../support/packed.ts';

/** `npx crm-triggers init` with the tarball instead of the registry. */
const init = async () => ['--yes', '--package', await packed(), 'crm-triggers', 'init'];

for (const version of nodeVersions)
  test(`npx crm-triggers init writes an app that cdk synth accepts, on Node ${version}`, async () => {
    await using project = await emptyProject();
    const env = { ...process.env, PATH: await pathWithNode(version) };
    const printed = await project.run('npx', await init(), env);
    assert.match(printed, /^Wrote package\.json, cdk\.json, app\.js\. Next:\n\n {2}npm install\n/);
    assert.deepEqual(readdirSync(project.cwd).sort(), ['app.js', 'cdk.json', 'package.json']);
    // The version in the package is not in the registry yet.
    await project.run('npm', ['install', '--no-audit', '--no-fund', await packed()], env);
    await project.run('npx', ['cdk', 'synth', '--quiet'], env);
    const { Outputs } = JSON.parse(readFileSync(join(project.cwd, 'cdk.out', 'CrmTriggers.template.json'), 'utf8'));
    assert.ok(Outputs.TriggersTable && Outputs.ConsoleUrl);
  });

test('crm-triggers init in a folder that is not empty prints one line with the fix, and writes nothing', async () => {
  await using project = await emptyProject();
  await project.write('notes.txt', 'mine');
  await assert.rejects(project.run('npx', await init()), ({ printed }: Error & { printed: string }) => {
    assert.match(printed, /^The folder \S+ is not empty: it contains "notes\.txt"\. To fix this, [^\n]+$/);
    return true;
  });
  assert.equal(existsSync(join(project.cwd, 'package.json')), false);
});

test('crm-triggers init in a new Git repository works', async () => {
  await using project = await emptyProject();
  await project.run('git', ['init', '--quiet']);
  await project.run('npx', await init());
  assert.ok(existsSync(join(project.cwd, 'app.js')));
});
