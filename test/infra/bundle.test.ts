import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Context, Handler, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { pathWithThisNode } from '../../cli/local/process.ts';
import { leftOut } from '../../infra/bundling.ts';
import { awsListener } from '../bench/aws-listener.ts';
import { bundle, stages } from '../bench/start/bundles.ts';
import { variables } from '../bench/start/section.ts';
import { message, notification } from '../support/records.ts';
import { selfSigned } from '../support/self-signed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'crm-triggers-bundle-'));

after(() => rmSync(out, { recursive: true }));

interface Resource {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/** Bytes, some hundredths above what they are: what a bundle grows by is paid for at every cold start. */
const limits = { capture: 300_000, deliver: 488_000, drain: 459_000, console: 489_000 };

test('cdk synth needs no account, says no word of warning, and makes bundles that are no larger than they have to be', (t) => {
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

test('what is left out of undici is still what it loads by that name, and a delivery needs none of it', async (t) => {
  const deployed = bundles().find(([stage]) => stage === 'deliver')?.[2] ?? '';
  const text = readFileSync(deployed, 'utf8');
  for (const name of leftOut) assert.ok(text.includes(`("${name}")`), name);

  const calls: string[] = [];
  const response: RequestListener = ({ url = '' }, response) => {
    calls.push(url);
    response.write('in two ');
    response.end('chunks');
  };
  let url = '';
  const servers = [
    createServer(response),
    createTlsServer(selfSigned, response),
    createServer(awsListener(() => url)),
  ] as const;
  t.after(() => servers.map((server) => server.close().closeAllConnections()));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  tls.setDefaultCACertificates([selfSigned.cert]);
  Object.assign(process.env, variables, { AWS_ENDPOINT_URL: `http://127.0.0.1:${ports[2]}` });
  t.mock.method(console, 'log', () => {});
  const { handler }: { handler: Handler<SQSEvent, SQSBatchResponse> } = await import(deployed);
  const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
  for (const origin of [`http://127.0.0.1:${ports[0]}`, `https://127.0.0.1:${ports[1]}`]) {
    url = `${origin}/`;
    const event = { Records: [message(notification({ formattedString: `?AccountID=${calls.length}` }))] };
    assert.deepEqual(await handler(event, context, () => {}), { batchItemFailures: [] });
  }
  assert.deepEqual(calls, ['/?AccountID=0', '/?AccountID=1']);
});

test('what is measured is what is deployed, byte for byte', async () => {
  const deployed = new Map(bundles().map(([stage, , path]) => [stage, path]));
  for (const stage of stages)
    assert.ok(readFileSync(deployed.get(stage) ?? '').equals((await bundle(stage)).bytes), stage);
});

// When an upgrade has the SDK load one of these by another way, what stands for it in infra/bundling.ts is of no use.
test('no bundle has the credential chain or a client of the command line in it, and none loads the HTTP client that Node has beside its own', async () => {
  for (const stage of stages) {
    const { packages, bytes } = await bundle(stage);
    const providers = [...packages.keys()].filter((name) => /credential-provider|sso/.test(name));
    assert.deepEqual(providers, ['@aws-sdk/credential-provider-env'], stage);
    // Clients that the command line alone needs.
    assert.doesNotMatch([...packages.keys()].join(' '), /client-(service-quotas|ssm|sts)\b/, stage);
    // The AWS SDK imports it only at its first request.
    assert.doesNotMatch(Buffer.from(bytes).toString(), /(?:from|import\()"(?:node:)?http"/, stage);
    assert.ok(!loadedBy(bundles().find(([name]) => name === stage)?.[2] ?? '').includes('deps/undici'), stage);
  }
  assert.ok(loadedBy('node:http').includes('deps/undici'), 'functions/adapters/node-http.ts is not needed any more');
});

/** What of Node is loaded once a module is imported. */
function loadedBy(module: string): string {
  const script = 'await import(process.argv[1]); console.log(process.moduleLoadList.join("\\n")); process.exit()';
  const args = ['--input-type=module', '--eval', script, module];
  return execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...variables } });
}

/** Each function's stage, the bytes of its bundle, and where that is. */
function bundles(): [stage: string, bytes: number, path: string][] {
  const templates = readdirSync(out).filter((name) => name.endsWith('.template.json'));
  return templates
    .flatMap((name) => Object.values<Resource>(JSON.parse(readFileSync(join(out, name), 'utf8')).Resources))
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Metadata = {} }) => {
      const stage = Metadata['aws:cdk:path']?.match(/Capture|Deliver|Drain|Console/)?.[0].toLowerCase() ?? 'unknown';
      const path = join(out, Metadata['aws:asset:path'] ?? '', 'index.mjs');
      return [stage, statSync(path).size, path];
    });
}
