import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathWithThisNode } from '../../infra/local/process.ts';

const root = new URL('../..', import.meta.url).pathname;
const out = mkdtempSync(join(tmpdir(), 'crm-triggers-bundle-'));

test('cdk synth needs no account, says no word of warning, and makes bundles of at most 600 KB', (t) => {
  t.after(() => rmSync(out, { recursive: true }));
  const { AWS_ENDPOINT_URL: _, AWS_PROFILE: __, AWS_REGION: ___, ...env } = process.env;
  const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
  const printed = execFileSync(process.execPath, [cdk, 'synth', '--quiet', '--output', out, '--no-notices'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...env, PATH: pathWithThisNode, AWS_EC2_METADATA_DISABLED: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  assert.doesNotMatch(printed, /warning|deprecated/i);
  const bundles = readdirSync(out)
    .filter((name) => name.startsWith('asset.'))
    .map((name) => statSync(join(out, name, 'index.mjs')).size);
  assert.equal(bundles.length, 4, 'the four capture functions share one bundle');
  for (const bytes of bundles) assert.ok(bytes <= 600_000, `${bytes} bytes`);
  t.diagnostic(`bundles: ${bundles.join(' and ')} bytes`);
});
