import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { nodeVersions, pathWithNode } from '../support/node-versions.ts';
import { emptyProject, packed } from '../support/packed.ts';

/** `npx crm-triggers` with the tarball instead of the registry. */
const npx = async (command: string) => ['--yes', '--package', await packed(), 'crm-triggers', command];

for (const version of nodeVersions)
  describe(`from the package alone, on Node ${version}`, () => {
    const env = async (cache: string) => {
      const { AWS_ENDPOINT_URL: _, ...inherited } = process.env;
      return {
        ...inherited,
        PATH: await pathWithNode(version),
        XDG_CACHE_HOME: cache,
        LOCALAPPDATA: cache,
        HOME: cache,
      };
    };

    test('npx crm-triggers demo fetches the emulator and the CDK with a line each, once, and all calls arrive', async () => {
      await using project = await emptyProject();
      const cache = join(project.cwd, 'cache');
      const first = await project.run('npx', await npx('demo'), await env(cache));
      assert.match(first, /– first use: fetching ministack from PyPI into .*\n.*✓ AWS emulator/);
      assert.match(first, /– first use: fetching aws-cdk@\S+ into .*\n.*✓ cdk deploy/);
      assert.match(first, /\n {2}11 of 11 arrived as expected\.\n/);
      const second = await project.run('npx', await npx('demo'), await env(cache));
      assert.doesNotMatch(second, /first use/);
      assert.match(second, /\n {2}11 of 11 arrived as expected\.\n/);
      assert.deepEqual(readdirSync(project.cwd), ['cache'], 'nothing else is left in the working folder');
    });
  });
