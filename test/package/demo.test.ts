import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeVersions, pathWithNode } from '../support/node-versions.ts';
import { emptyProject, packed } from '../support/packed.ts';

test('npx crm-triggers demo fetches the emulator and the CDK once, with a line and a size each, and all calls arrive', async (t) => {
  await using project = await emptyProject();
  const cache = join(project.cwd, 'cache');
  const npx = ['--yes', '--package', await packed(), 'crm-triggers', 'demo'];
  const { AWS_ENDPOINT_URL: _, ...inherited } = process.env;
  for (const [index, version] of nodeVersions.entries())
    await t.test(`on Node ${version}`, async () => {
      const PATH = await pathWithNode(version);
      const env = { ...inherited, PATH, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache, HOME: cache };
      const printed = await project.run('npx', npx, env);
      const lines = printed.match(/^ {2}– first use: fetching \S+ from \S+ \(\d+ MB\)/gm) ?? [];
      const expected = ['fetching ministack', 'fetching aws-cdk@'];
      assert.equal(lines.length, index === 0 ? expected.length : 0, printed);
      for (const [n, line] of lines.entries()) assert.ok(line.includes(expected[n] ?? ''), line);
      assert.match(printed, /\n {2}11 of 11 arrived as expected\.\n/);
    });
  assert.deepEqual(readdirSync(project.cwd), ['cache'], 'nothing else is left in the working folder');
});
