import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { LogEntry } from '../../functions/adapters/delivery-log.ts';
import { test as sendTest } from '../../functions/operations/send-test.ts';
import { set } from '../../functions/operations/set-url.ts';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { callsWith, stack } from './stack.ts';

const usedTriggers = ['customer.create', 'task.create', 'task.edit'] as const;
const file = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const mark = `log-${process.pid}-${Date.now().toString(36)}`;

/** Starts the command line. `end` waits for its end. */
function cli(...words: string[]) {
  const child: ChildProcess = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  return { child, output, end: async () => ({ status: (await once(child, 'close'))[0], ...output }) };
}

const logged = async (...words: string[]) => {
  const { status, stdout, stderr } = await cli('log', '--json', ...words).end();
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as LogEntry[];
};

test('logs delivered and failed attempts with their responses, and without the URL', {
  timeout: 120_000,
}, async () => {
  const hostile = 'busy\u001b[31m\u009b\u202e\u0000';
  let failures = 0;
  await using server = await receiver((call, response) => {
    const fails = call.target.startsWith('/SECRET/task.create') && call.target.includes(mark) && ++failures === 1;
    response.writeHead(fails ? 503 : 200).end(fails ? hostile : 'thanks');
  });
  for (const trigger of usedTriggers) await set(stack.deps, trigger, `${server.origin}/SECRET/${trigger}?key=SECRET`);
  await stack.agent.do('create', 'customer', { AccountID: mark });
  await stack.agent.do('create', 'task', { AccountID: mark, TaskID: 't1' });
  const entries = await until('three attempts', async () => {
    const found = await logged('--id', mark);
    return found.length >= 3 ? found : undefined;
  });
  assert.deepEqual(
    entries.map(({ trigger, attempt, outcome, response, body }) => [trigger, attempt, outcome, response, body]).sort(),
    [
      ['customer.create', 1, 'delivered', 'HTTP 200', 'thanks'],
      ['task.create', 1, 'failed', 'HTTP 503', hostile],
      ['task.create', 2, 'delivered', 'HTTP 200', 'thanks'],
    ],
  );
  const ofTask = entries.filter(({ trigger }) => trigger === 'task.create');
  assert.deepEqual(
    ofTask.map(({ attempt }) => attempt),
    [1, 2],
    'newest last',
  );
  assert.equal(ofTask[0]?.id, ofTask[1]?.id);
  assert.equal(ofTask[0]?.formattedString, `?AccountID=${mark}&TaskID=t1`);
  for (const { headers } of callsWith(server, mark)) assert.ok(entries.some(({ id }) => id === headers['webhook-id']));

  assert.deepEqual(await logged('--id', mark, '--outcome', 'failed'), [ofTask[0]]);
  assert.deepEqual(await logged('--id', ofTask[0]?.id ?? '', '--limit', '1'), [ofTask[1]]);
  assert.deepEqual(await logged('--id', mark, '--since', '2999-01-01'), []);
  const { stdout } = await cli('log', '--trigger', 'task.create', '--outcome', 'failed').end();
  assert.match(
    stdout,
    / {2}task\.create {6}failed {5}HTTP 503, \d+ ms +msg_[\da-f]{32} {2}attempt 1 +\?AccountID=.+\n {4}busy/,
  );
  assert.doesNotMatch(stdout, /[^\P{C}\n]/u);

  const { status, stderr } = await cli('log', '--outcome', 'fine').end();
  assert.deepEqual(
    [status, stderr],
    [
      2,
      'There is no outcome "fine". The outcomes are delivered, failed, throttled, gone, blocked, merged. See crm-triggers --help.\n',
    ],
  );
  assert.doesNotMatch(JSON.stringify(await stack.deps.log.read({}, 1_000)), /SECRET|127\.0\.0\.1/);
});

test('marks test calls, and keeps entries for 30 days', async () => {
  await using server = await receiver();
  await set(stack.deps, 'task.edit', server.origin);
  await sendTest(stack.deps, 'task.edit');
  const tests = await until('the test', async () => {
    const { entries } = await stack.deps.log.read({ trigger: 'task.edit' }, 1);
    return entries[0]?.test ? entries : undefined;
  });
  assert.partialDeepStrictEqual(tests, [{ test: true, body: 'ok', outcome: 'delivered', attempt: 1 }]);
  const { Items = [] } = await new DynamoDBClient().send(
    new ScanCommand({ TableName: stack.outputs.DeliveryLogTable, Select: 'ALL_ATTRIBUTES' }),
  );
  const days = Items.map(({ expiresAt }) => (Number(expiresAt?.N) - Date.now() / 1000) / 86_400);
  assert.ok(days.length > 0 && days.every((left) => left > 29.9 && left < 30.1));
});

test('`log --follow` prints new attempts until Ctrl-C', { timeout: 120_000 }, async (t) => {
  await using server = await receiver();
  await set(stack.deps, 'customer.create', server.origin);
  const text = cli('log', '--follow', '--limit', '1');
  const json = cli('log', '--follow', '--json', '--id', `${mark}-2`);
  t.after(() => {
    for (const { child } of [text, json]) child.kill('SIGKILL');
  });
  await until('the latest attempt', () => text.output.stdout.includes('\n'));
  const create = (name: string) => stack.agent.do('create', 'customer', { AccountID: `${mark}-${name}` });
  // The command prints only attempts after its start, and does not print when it has started.
  let created = 0;
  await until(
    'the second command follows',
    async () => {
      await create(`2-${created++}`);
      return json.output.stdout.includes('\n');
    },
    60_000,
    1_000,
  );
  for (const name of ['1', '3', '2-last']) await create(name);
  const accounts = () => [...text.output.stdout.matchAll(/AccountID=(\S+)/g)].map(([, account]) => account);
  const names = ['1', '3', '2-last'].map((name) => `${mark}-${name}`);
  await until('all three', () => names.every((name) => accounts().includes(name)));
  await until('the last attempt with the ID', () => json.output.stdout.includes(`${mark}-2-last`));
  const ends = [text, json].map(({ end }) => end());
  for (const { child } of [text, json]) child.kill('SIGINT');
  for (const { stderr } of await Promise.all(ends)) assert.equal(stderr, '');
  for (const name of names) assert.equal(accounts().filter((account) => account === name).length, 1);
  const lines = json.output.stdout.trimEnd().split('\n');
  assert.equal(lines.length, new Set(lines).size);
  for (const line of lines) {
    const { formattedString, response } = JSON.parse(line);
    assert.ok(formattedString.startsWith(`?AccountID=${mark}-2-`), line);
    assert.equal(response, 'HTTP 200');
  }
});

test('`listen` forwards live calls to this machine, signed, until Ctrl-C', { timeout: 120_000 }, async (t) => {
  await using live = await receiver();
  await using local = await receiver();
  await set(stack.deps, 'customer.create', `${live.origin}/live`);
  const { child, output, end } = cli('listen', 'customer.create', '--forward', `${local.origin}/local`);
  t.after(() => child.kill('SIGKILL'));
  const ended = end();
  await until('it listens', () => output.stderr.includes('Press Ctrl-C'));
  let created = 0;
  await until(
    'a forwarded call',
    async () => {
      await stack.agent.do('create', 'customer', { AccountID: `${mark}-listen-${created++}` });
      return local.calls.length > 0 && output.stdout.includes('HTTP 200');
    },
    60_000,
    1_000,
  );
  const [call] = local.calls;
  assert.match(call?.target ?? '', /^\/local\?AccountID=.+-listen-\d+$/);
  assert.ok(live.calls.some(({ headers }) => headers['webhook-id'] === call?.headers['webhook-id']));
  assert.match(String(call?.headers['webhook-signature']), /^v1,/);
  child.kill('SIGINT');
  assert.equal((await ended).status, 0);
});
