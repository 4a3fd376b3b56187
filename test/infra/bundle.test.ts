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
import { leftOut, llhttpConstants } from '../../infra/bundling.ts';
import { awsListener } from '../bench/aws-listener.ts';
import { bundle, stages as folders } from '../bench/start/bundles.ts';
import { variables } from '../bench/start/section.ts';
import { client } from '../support/client-certificates.ts';
import { message, notification } from '../support/records.ts';
import { selfSigned } from '../support/self-signed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'crm-triggers-bundle-'));

after(() => rmSync(out, { recursive: true }));

interface Resource {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/**
 * The size limits of the bundles in bytes. Each byte slows down every cold start. They are a little above the current sizes, and at
 * most 1 % above those of release 0.2.0.
 */
const limits = { capture: 270_000, deliver: 459_000, drain: 429_000, console: 400_000 };

test('`cdk synth` needs no account, prints no warning, and creates bundles below their size limits', (t) => {
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
  const bytes = Object.fromEntries(bundles().map(([folder, bytes]) => [folder, bytes]));
  assert.deepEqual(Object.keys(bytes).sort(), Object.keys(limits).sort());
  for (const [folder, limit] of Object.entries(limits))
    assert.ok((bytes[folder] ?? 0) <= limit, `${folder}: ${bytes[folder]} bytes`);
  t.diagnostic(`bundles: ${JSON.stringify(bytes)} bytes`);
});

test('undici still refers to the files that are left out, and a delivery uses none of them', async (t) => {
  const deployed = bundles().find(([folder]) => folder === 'deliver')?.[2] ?? '';
  const text = readFileSync(deployed, 'utf8');
  for (const name of leftOut) assert.ok(text.includes(`("${name}")`), name);

  const calls: string[] = [];
  const proofs: unknown[] = [];
  const response: RequestListener = ({ method, url = '', headers, socket }, response) => {
    const { authorization } = headers;
    if (socket instanceof tls.TLSSocket)
      proofs.push([socket.getPeerCertificate().subject?.CN, authorization?.slice(0, 8)]);
    if (method === 'POST') return response.end('{"access_token":"t"}');
    calls.push(url);
    response.write('in two ');
    response.end('chunks');
  };
  let url = '';
  let credentials = {};
  const servers = [
    createServer(response),
    createTlsServer({ ...selfSigned, requestCert: true, rejectUnauthorized: false }, response),
    createServer(
      awsListener(
        () => url,
        () => credentials,
      ),
    ),
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

  const oauth = { tokenUrl: `${url}token`, clientId: 'us', clientSecret: 's' };
  credentials = { oauth, certificate: { ...client, subject: '', issuer: '', expiresAt: 0 } };
  const certified = message(notification({ trigger: 'task.edit', formattedString: '?TaskID=2' }));
  assert.deepEqual(await handler({ Records: [certified] }, context, () => {}), { batchItemFailures: [] });
  assert.deepEqual(calls[2], '/?TaskID=2');
  assert.deepEqual(proofs.slice(1), [
    [undefined, 'Basic dX'],
    ['crm-triggers', 'Bearer t'],
  ]);
});

test('undici uses only the constants of HTTP/1.1 that replace its table, with its values', async () => {
  const [[path, { ERROR, TYPE }] = assert.fail()] = Object.entries(llhttpConstants);
  const dispatcher = join(root, 'node_modules/undici/lib/dispatcher');
  const { default: table } = await import(join(dispatcher, path));
  for (const [name, value] of Object.entries(ERROR)) assert.equal(table.ERROR[name], value, name);
  for (const [name, value] of Object.entries(TYPE)) assert.equal(table.TYPE[name], value, name);
  const used = readFileSync(join(dispatcher, 'client-h1.js'), 'utf8').matchAll(
    /\bconstants\.(\w+)(?:\.(\w+)|\[\w+\])/g,
  );
  const names = [...used].flatMap(([, group, name]) => (name ? [`${group}.${name}`] : []));
  const replaced = [
    ...Object.keys(ERROR).map((name) => `ERROR.${name}`),
    ...Object.keys(TYPE).map((name) => `TYPE.${name}`),
  ];
  assert.deepEqual([...new Set(names)].sort(), replaced.sort());
});

test('the measured bundles are the deployed bundles, byte for byte', async () => {
  const deployed = new Map(bundles().map(([folder, , path]) => [folder, path]));
  for (const folder of folders)
    assert.ok(readFileSync(deployed.get(folder) ?? '').equals((await bundle(folder)).bytes), folder);
});

// Fails when an upgrade of the SDK loads one of these in another way, so that its replacement in infra/bundling.ts has no effect.
test("no bundle contains the default credential chain, endpoint discovery or a client of the command line, and none loads Node's built-in undici", async () => {
  for (const folder of folders) {
    const { packages, bytes } = await bundle(folder);
    const providers = [...packages.keys()].filter((name) => /credential-provider|sso/.test(name));
    assert.deepEqual(providers, ['@aws-sdk/credential-provider-env'], folder);
    assert.ok(!packages.has('@aws-sdk/endpoint-cache'), folder);
    // Only the command line uses these clients.
    assert.doesNotMatch([...packages.keys()].join(' '), /client-(service-quotas|ssm|sts)\b/, folder);
    // The AWS SDK imports node:http only at its first request.
    assert.doesNotMatch(Buffer.from(bytes).toString(), /(?:from|import\()"(?:node:)?http"/, folder);
    assert.ok(!loadedBy(bundles().find(([name]) => name === folder)?.[2] ?? '').includes('deps/undici'), folder);
  }
  assert.ok(loadedBy('node:http').includes('deps/undici'), 'functions/adapters/node-http.ts is not needed any more');
});

/** The built-in modules of Node that are loaded after a module is imported. */
function loadedBy(module: string): string {
  const script = 'await import(process.argv[1]); console.log(process.moduleLoadList.join("\\n")); process.exit()';
  const args = ['--input-type=module', '--eval', script, module];
  return execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...variables } });
}

/** The folder of each function, and the size in bytes and the path of its bundle. */
function bundles(): [folder: string, bytes: number, path: string][] {
  const templates = readdirSync(out).filter((name) => name.endsWith('.template.json'));
  return templates
    .flatMap((name) => Object.values<Resource>(JSON.parse(readFileSync(join(out, name), 'utf8')).Resources))
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Metadata = {} }) => {
      const folder = Metadata['aws:cdk:path']?.match(/Capture|Deliver|Drain|Console/)?.[0].toLowerCase() ?? 'unknown';
      const path = join(out, Metadata['aws:asset:path'] ?? '', 'index.mjs');
      return [folder, statSync(path).size, path];
    });
}
