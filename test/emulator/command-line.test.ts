import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { triggers } from '../../functions/core/entity.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { cli, cliWith } from '../support/cli.ts';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { callsWith, setUrls, stack, uniqueId } from './stack.ts';

test('`set`, `list` and `clear` change and show URLs', async () => {
  const changed = await cli('set', 'task.edit', 'https://MÜLLER.example/x?y#z');
  assert.match(
    changed.stdout,
    /^task\.edit calls https:\/\/xn--mller-kva\.example\/x\?\*\*\*#z \(what you entered, normalised\)\n$/,
  );
  const listed = await cli('list', '--json');
  const lines = JSON.parse(listed.stdout) as { trigger: string; url: string | null }[];
  assert.deepEqual(
    lines.map(({ trigger }) => trigger),
    triggers,
  );
  assert.equal(lines.find(({ trigger }) => trigger === 'task.edit')?.url, 'https://xn--mller-kva.example/x?***#z');
  assert.equal((await cli('clear', 'task.edit')).status, 0);
  assert.match((await cli('list')).stdout, /^task\.edit +- +0 +-$/m);
});

test('`set` rejects an invalid URL with one line', async () => {
  const { status, stdout, stderr } = await cli('set', 'task.edit', 'example.com');
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^The URL for task\.edit does not begin with http:\/\/ or https:\/\/\. Fix: .+\n$/);
});

test('`test` sends a call through the deployed queue and function, and prints the response', async () => {
  let status = 200;
  await using server = await receiver((_, response) => response.writeHead(status).end('got \u001b[31mit\u009b\u202e'));
  await setUrls(server.origin, 'followup.delete');
  const good = await cli('test', 'followup.delete', '--json');
  assert.equal(good.status, 0, good.stderr);
  const body = 'got \u001b[31mit\u009b\u202e';
  assert.partialDeepStrictEqual(JSON.parse(good.stdout), { delivered: true, response: 'HTTP 200', body });
  assert.doesNotMatch(good.stdout, /[^\P{C}\n]/u);
  const tests = () => server.calls.filter(({ headers }) => headers['crm-trigger-test'] === 'true');
  assert.match(tests()[0]?.target ?? '', /^\/followup\.delete\?AccountID=[^&]+&CaseID=[^&]+&FollowupID=[^&]+$/);
  status = 418;
  const bad = await cli('test', 'followup.delete');
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /not delivered, HTTP 418 after \d+ ms\ngot \ufffd\[31mit\ufffd\ufffd\n$/);
  assert.equal(tests().length, 2, 'a test call is not retried');
});

test('`secret` shows and rotates the signing secret; `header` sets and removes custom headers, and never shows their values', async () => {
  await set(stack.deps, 'task.edit', 'https://example.com/');
  const [first = ''] = (await cli('secret', 'show', 'task.edit')).stdout.split('\n');
  assert.match(first, /^whsec_[\w+/]{43}=$/);
  const [second = '', ...old] = (await cli('secret', 'rotate', 'task.edit')).stdout.split('\n');
  assert.match(second, /^whsec_[\w+/]{43}=$/);
  assert.equal(old[0]?.split('  ')[0], first);
  const wrong = await cli('secret', 'steal', 'task.edit');
  assert.deepEqual(
    [wrong.status, wrong.stderr.split('.')[0]],
    [2, 'Write crm-triggers secret show|rotate|expire TRIGGER'],
  );

  const given = await cliWith('Bearer MARKER\n', 'header', 'set', 'task.edit', 'Authorization');
  assert.equal(given.stdout, 'task.edit sends authorization; its value is not shown again\n');
  const listed = await cli('list');
  assert.match(listed.stdout, /^task\.edit .* {2}sends authorization$/m);
  const hostile = await cliWith('a\r\nx-other: MARKER', 'header', 'set', 'task.edit', 'X-Token');
  assert.equal(hostile.status, 1);
  for (const { stdout, stderr } of [given, listed, hostile, await cli('list', '--json'), await cli('export')])
    assert.doesNotMatch(stdout + stderr, /MARKER/);
  assert.equal((await cli('header', 'remove', 'task.edit', 'authorization')).status, 0);
  assert.equal((await cli('header', 'remove', 'task.edit', 'authorization')).status, 1);
  // Three processes at the same time: no change is lost.
  const names = ['x-a', 'x-b', 'x-c'];
  const statuses = await Promise.all(names.map((name) => cliWith('v', 'header', 'set', 'task.edit', name)));
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [0, 0, 0],
  );
  const lines = JSON.parse((await cli('list', '--json')).stdout) as { trigger: string; headers: string[] }[];
  assert.deepEqual(lines.find(({ trigger }) => trigger === 'task.edit')?.headers.sort(), names);
  for (const name of names) await cli('header', 'remove', 'task.edit', name);
});

test('`test` rejects a trigger without a URL', async () => {
  await clear(stack.deps, 'case.delete');
  const { status, stderr } = await cli('test', 'case.delete');
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^case\.delete cannot be tested: no URL is set for case\.delete\. To fix this, set one with .+\n$/,
  );
});

test('`import` restores the output of `export`; a file with an error changes nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'urls.json');
  for (const trigger of triggers) await clear(stack.deps, trigger);
  await set(stack.deps, 'customer.edit', 'https://one.example/');
  const exported = (await cli('export')).stdout;
  assert.deepEqual(Object.keys(JSON.parse(exported)), triggers);
  await writeFile(file, exported);

  await set(stack.deps, 'customer.edit', 'https://two.example/');
  await set(stack.deps, 'task.create', 'https://three.example/');
  const imported = await cli('import', file, '--json');
  const changes = JSON.parse(imported.stdout);
  assert.partialDeepStrictEqual(changes, [
    { trigger: 'customer.edit', was: 'https://two.example/', is: 'https://one.example/' },
    { trigger: 'task.create', was: 'https://three.example/', is: null },
  ]);
  assert.equal(changes.length, 2);
  assert.equal((await cli('export')).stdout, exported);
  assert.match((await cli('import', file)).stdout, /^Nothing to change/);

  await writeFile(file, JSON.stringify({ 'task.edit': 'https://x/', 'task.undo': 'https://x/', 'case.edit': 7 }));
  const rejected = await cli('import', file);
  assert.equal(rejected.status, 1);
  assert.match(
    rejected.stderr,
    /^There is no trigger "task\.undo": .+\nThe URL for case\.edit is not text\. Fix: .+\n$/,
  );
  assert.equal((await cli('export')).stdout, exported);
  assert.match((await cli('import', join(folder, 'none.json'))).stderr, /^Cannot read .+: ENOENT\.\n$/);
});

test('`mcp` serves over standard input and output, and writes only after a preview', async (t) => {
  await clear(stack.deps, 'case.create');
  const client = new Client({ name: 'test', version: '1' });
  const args = [fileURLToPath(new URL('../../cli/main.ts', import.meta.url)), 'mcp', '--allow-writes'];
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]));
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  t.after(() => client.close());
  const call = async (name: string, given: Record<string, unknown>) => {
    const { content } = await client.callTool({ name, arguments: given });
    return (content as { text: string }[])[0]?.text ?? '';
  };
  const urlOf = async () => {
    const lines = JSON.parse(await call('list', {})) as { trigger: string; url: string | null }[];
    return lines.find(({ trigger }) => trigger === 'case.create')?.url;
  };
  const change = { trigger: 'case.create', url: 'https://example.com/mcp' };
  assert.match(await call('set', change), /^Nothing was changed\. Preview:/);
  assert.equal(await urlOf(), null);
  await call('set', { ...change, confirm: true });
  assert.equal(await urlOf(), change.url);
  await clear(stack.deps, 'case.create');
});

test('`redeliver --delivered` sends what was delivered in a range again, with the same IDs', async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'customer.delete');
  const since = new Date().toISOString();
  const AccountID = uniqueId('again');
  await stack.agent.do('create', 'customer', { AccountID });
  await stack.agent.do('delete', 'customer', { AccountID });
  const calls = () => callsWith(server, AccountID);
  await until('the call', () => calls().length === 1);
  const options = ['--delivered', '--trigger', 'customer.delete', '--since', since];
  const plan = await until('the attempt in the log', async () => {
    const { status, stdout } = await cli('redeliver', ...options);
    return status === 0 ? stdout : undefined;
  });
  assert.match(plan, /^customer\.delete +1\n1 would be sent again at 50 per second, in about 1 s: add --yes\.\n$/);
  assert.equal((await cli('redeliver', ...options, '--yes')).stdout, '1 of 1 are sent again.\n');
  await until('the second call', () => calls().length === 2);
  const [first, second] = calls();
  assert.equal(second?.target, first?.target);
  assert.equal(second?.headers['webhook-id'], first?.headers['webhook-id']);
});
