import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathWithThisNode } from '../../infra/local/process.ts';

const root = new URL('../..', import.meta.url).pathname;
const out = mkdtempSync(join(tmpdir(), 'crm-triggers-bundle-'));

interface Resource {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/** Bytes, some hundredths above what they are: what a bundle grows by is paid for at every cold start. */
const limits = { capture: 270_000, deliver: 290_000, drain: 258_000, console: 465_000 };

test('cdk synth needs no account, says no word of warning, and makes bundles that are no larger than they have to be', (t) => {
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
  const assets = readdirSync(out).filter((name) => name.startsWith('asset.'));
  assert.equal(assets.length, 4, 'the four capture functions share one bundle');
  const bytes = Object.fromEntries(bundles().map(([stage, bytes]) => [stage, bytes]));
  assert.deepEqual(Object.keys(bytes).sort(), Object.keys(limits).sort());
  for (const [stage, limit] of Object.entries(limits))
    assert.ok((bytes[stage] ?? 0) <= limit, `${stage}: ${bytes[stage]} bytes`);
  t.diagnostic(`bundles: ${JSON.stringify(bytes)} bytes`);
});

/** Each function's stage and the bytes of its bundle. */
function bundles(): [stage: string, bytes: number][] {
  const templates = readdirSync(out).filter((name) => name.endsWith('.template.json'));
  return templates
    .flatMap((name) => Object.values<Resource>(JSON.parse(readFileSync(join(out, name), 'utf8')).Resources))
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Metadata = {} }) => [
      Metadata['aws:cdk:path']?.match(/Capture|Deliver|Drain|Console/)?.[0].toLowerCase() ?? 'unknown',
      statSync(join(out, Metadata['aws:asset:path'] ?? '', 'index.mjs')).size,
    ]);
}
