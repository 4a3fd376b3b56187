import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { plainText } from '../../cli/output.ts';
import { removeCertificate, removeOauth, setCertificate, setOauth } from '../../functions/operations/credentials.ts';
import { examine } from '../../functions/operations/doctor/check.ts';
import type { Inspector } from '../../functions/operations/doctor/inspector.ts';
import { urlChecks, urlFacts } from '../../functions/operations/doctor/url-checks.ts';
import { set } from '../../functions/operations/set-url.ts';
import { rotateSecret, setHeader } from '../../functions/operations/signing-secrets.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { exportUrls, exportWithHeaders, importUrls } from '../../functions/operations/url-file.ts';
import { adminWorld as world } from '../support/admin-world.ts';
import { client as certified, rsaClient } from '../support/client-certificates.ts';

const client = {
  tokenUrl: 'https://id.example.com/token?key=MARKER-query',
  clientId: 'us',
  clientSecret: 'MARKER-secret',
  scope: 'crm',
};
const pem = certified.cert + certified.key;
const run = (name: string, words: readonly string[], options = {}) =>
  commands[name]?.run(world().deps, words, options) ?? assert.fail();

test('an OAuth client and a certificate are set, replaced and removed, and other secrets stay', async () => {
  const { deps, secrets, history } = world();
  await set(deps, 'task.edit', 'https://example.com/');
  await setHeader(deps, 'task.edit', 'x-token', 'v');
  await setOauth(deps, 'task.edit', client);
  await setOauth(deps, 'task.edit', { ...client, clientId: 'others' });
  await setCertificate(deps, 'task.edit', pem);
  await setCertificate(deps, 'task.edit', rsaClient.cert + rsaClient.key);
  await rotateSecret(deps, 'task.edit');
  const stored = secrets.items.get('task.edit');
  assert.deepEqual(stored?.oauth, { ...client, clientId: 'others' });
  assert.match(stored?.certificate?.key ?? '', /^-----BEGIN PRIVATE KEY-----/);
  await removeOauth(deps, 'task.edit');
  await removeCertificate(deps, 'task.edit');
  const left = secrets.items.get('task.edit');
  assert.deepEqual(Object.keys(left ?? {}).sort(), ['headers', 'replaced', 'secret', 'version']);
  assert.deepEqual(left?.headers, { 'x-token': 'v' });
  const shown = 'https://id.example.com/token?key=***';
  assert.deepEqual(
    history.entries.filter(({ what }) => what === 'oauth').map(({ from, to }) => [from, to]),
    [
      [shown, null],
      [shown, shown],
      [null, shown],
    ],
  );
  assert.match(
    history.entries.find(({ what }) => what === 'certificate')?.from ?? '',
    /^O=Our .*, until 2126-\d\d-\d\d$/,
  );
});

test('nothing that is shown has a client secret, a private key or the query of a token URL', async () => {
  const { deps, history } = world();
  await set(deps, 'task.edit', 'https://example.com/');
  const shown = [
    await setOauth(deps, 'task.edit', client),
    await setCertificate(deps, 'task.edit', pem),
    await list(deps),
    await exportUrls(deps, true),
    await exportWithHeaders(deps, true),
    history.entries,
    plainText((await commands.list?.run(deps, [], {})) ?? assert.fail()),
    plainText(await run('oauth', ['set', 'task.edit', client.tokenUrl, 'us', `${client.clientSecret}\n`])),
    plainText(await run('certificate', ['set', 'task.edit', '-', pem])),
  ].map((one) => JSON.stringify(one));
  for (const text of shown) assert.doesNotMatch(text, /MARKER|PRIVATE|BEGIN/);
  assert.match(shown.join(), /tokens from https:\/\/id\.example\.com\/token\?key=\*\*\*/);
  assert.match(shown.join(), /client certificate until 2126-/);
});

test('a trigger without an OAuth client or a certificate has none to remove', async () => {
  const { deps, history } = world();
  await assert.rejects(removeOauth(deps, 'task.edit'), { message: 'task.edit has no OAuth client: see list --json.' });
  await assert.rejects(removeCertificate(deps, 'task.edit'), {
    message: 'task.edit has no client certificate: see list --json.',
  });
  assert.equal(history.entries.length, 0);
});

test('a token URL and a certificate that cannot be used are rejected in one line, and change nothing', async () => {
  const { deps, secrets } = world({ lookUp: async () => [{ address: '10.0.0.1', family: 4 }] });
  await assert.rejects(setOauth(deps, 'task.edit', client), {
    name: 'UserError',
    message: /^The token URL for task\.edit leads to an address that is not public\. Fix: [^\n]+\.$/,
  });
  await assert.rejects(setCertificate(deps, 'task.edit', certified.cert), {
    name: 'UserError',
    message: /^The certificate for task\.edit has no private key\. Fix: [^\n]+\.$/,
  });
  assert.equal(secrets.items.size, 0);
});

test('an access token and another Authorization are not set together, in any order', async () => {
  const { deps } = world();
  const inUrl = 'https://u:p@example.com/';
  await set(deps, 'task.edit', inUrl);
  await assert.rejects(setOauth(deps, 'task.edit', client), {
    message:
      'The URL for task.edit has a user name or password, which is sent as Authorization: remove it from the URL first.',
  });
  await set(deps, 'case.edit', 'https://example.com/');
  await setHeader(deps, 'case.edit', 'Authorization', 'Bearer x');
  await assert.rejects(setOauth(deps, 'case.edit', client), {
    message:
      'case.edit has a custom header Authorization, in whose place the token would be sent: remove it with header remove first.',
  });
  await setOauth(deps, 'case.create', client);
  await assert.rejects(setHeader(deps, 'case.create', 'authorization', 'Bearer x'), {
    message:
      'case.create has an OAuth client, whose token is sent as Authorization: remove it with oauth remove first.',
  });
  const second =
    'case.create has an OAuth client, whose token is sent as Authorization: remove the user name and password from the URL.';
  await assert.rejects(set(deps, 'case.create', inUrl), { message: second });
  await assert.rejects(importUrls(deps, JSON.stringify({ 'case.create': inUrl })), { message: second });
  await setHeader(deps, 'case.create', 'x-token', 'v');
});

test('doctor reports a certificate from 30 days before it expires', async () => {
  const { deps, secrets } = world();
  const reportsAt = async (days: number) => {
    const expiresAt = Date.now() + days * 86_400_000 + 60_000;
    const certificate = { ...certified, subject: '', issuer: '', expiresAt };
    await secrets.change('task.edit', (now) => ({ ...now, certificate }));
    const inspector = { ask: async <Thing>(_: string, request: Promise<Thing>) => request } as Inspector;
    return examine(await urlFacts(deps, inspector), urlChecks);
  };
  await set(deps, 'task.edit', 'https://example.com/');
  assert.deepEqual(await reportsAt(30), []);
  for (const days of [29, -5]) {
    const [{ where, what, fix } = assert.fail(), ...others] = await reportsAt(days);
    assert.deepEqual([where, others], ['task.edit', []]);
    assert.match(what, /^its client certificate is valid until 20\d\d-\d\d-\d\dT/);
    assert.equal(fix, 'crm-triggers certificate set task.edit FILE, with a renewed certificate');
  }
});

test('the commands check their arguments, and read secrets from standard input or a file only', () => {
  const { oauth, certificate } = commands;
  const client = ['set', 'task.edit', 'https://id.example.com/', 'us'];
  oauth?.check?.(client, { scope: 'a' });
  certificate?.check?.(['set', 'task.edit', 'client.pem'], {});
  for (const words of [client.slice(0, 2), client.slice(0, 3), ['remove', 'task.edit', 'x']])
    assert.throws(() => oauth?.check?.(words, {}), { message: /^oauth (?:set needs|remove takes only) the/ });
  assert.throws(() => oauth?.check?.(['remove', 'task.edit'], { scope: 'a' }), /takes only the trigger/);
  for (const words of [
    ['set', 'task.edit'],
    ['remove', 'task.edit', 'x'],
  ])
    assert.throws(() => certificate?.check?.(words, {}), { message: /^certificate (?:set needs|remove takes only)/ });
  assert.deepEqual([oauth?.reads?.(client), oauth?.reads?.(['remove', 'task.edit'])], ['-', undefined]);
  assert.deepEqual(
    [certificate?.reads?.(['set', 'task.edit', '-']), certificate?.reads?.(['remove', 'x'])],
    ['-', undefined],
  );
});
