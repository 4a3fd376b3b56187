import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failed } from '../../functions/operations/failed.ts';
import { mcpWorld as world } from '../support/mcp-world.ts';
import { failMany } from '../support/redelivery.ts';

const READ = ['list', 'export', 'log', 'history', 'failed', 'doctor', 'dead-letters'];
const WRITE = ['set', 'clear', 'test', 'pause', 'resume', 'limit', 'coalesce', 'import', 'redeliver', 'backfill'];

describe('a server that only reads', () => {
  test('offers the tools that read, described by the table of commands', async (t) => {
    const { client } = await world(t);
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      READ,
    );
    assert.ok(tools.every(({ annotations }) => annotations?.readOnlyHint));
    const log = tools.find(({ name }) => name === 'log');
    assert.match(log?.description ?? '', /^Print the latest attempts/);
    const properties = log?.inputSchema.properties as Record<string, { enum?: string[]; type: string }>;
    assert.deepEqual(Object.keys(properties), ['trigger', 'outcome', 'id', 'since', 'limit']);
    assert.equal(properties.trigger?.enum?.length, 11);
    assert.equal(properties.limit?.type, 'number');
  });

  test('returns JSON with times in ISO 8601', async (t) => {
    const { call } = await world(t);
    const [entry] = JSON.parse((await call('log', { trigger: 'task.edit', limit: 1 })).text);
    assert.match(entry.at, /^\d{4}-\d\d-\d\dT.+Z$/);
  });

  for (const name of WRITE)
    test(`rejects ${name}, also with a confirmation`, async (t) => {
      const made = await world(t, { reply: 'accept' });
      const { text, isError } = await made.call(name, { trigger: 'task.edit', confirm: true });
      assert.ok(isError);
      assert.partialDeepStrictEqual(JSON.parse(text), {
        error: { code: 'usage', message: `${name} changes something, and this server only reads.` },
      });
      assert.deepEqual([made.questions.length, made.sent.length], [0, 0]);
    });
});

test('no tool returns a secret, a value of a header, or credentials of a URL', async (t) => {
  const made = await world(t, { allowWrites: true });
  await failMany(made, 1);
  const { secret = '' } = made.secrets.items.get('task.edit') ?? {};
  assert.match(secret, /^whsec_/);
  const texts: string[] = [];
  for (const name of [...READ.filter((one) => one !== 'doctor' && one !== 'dead-letters'), 'pause', 'clear'])
    for (const args of WRITE.includes(name)
      ? [{ trigger: 'task.edit' }, { trigger: 'task.edit', confirm: true }]
      : [name === 'export' ? { 'with-headers': true } : {}])
      texts.push((await made.call(name, args)).text);
  texts.push(
    (await made.call('export', { 'with-secrets': true })).text,
    (await made.call('secret', { trigger: 'task.edit' })).text,
  );
  for (const text of texts) assert.ok(!/MARKER/.test(text) && !text.includes(secret), text);
  assert.match(texts.at(-2) ?? '', /There is no argument/);
  assert.match(texts.at(-1) ?? '', /There is no tool/);
});

describe('a server that writes, for a client that cannot ask', () => {
  test('offers all tools', async (t) => {
    const { client } = await world(t, { allowWrites: true });
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), [...READ, ...WRITE].sort());
    for (const { name, annotations } of tools) assert.equal(annotations?.destructiveHint, WRITE.includes(name), name);
  });

  test('returns a preview first, and writes with confirm: true after it, once', async (t) => {
    const { call, urlOf } = await world(t, { allowWrites: true });
    const args = { trigger: 'task.create', url: 'https://example.com/new' };
    const early = await call('set', { ...args, confirm: true });
    assert.ok(early.isError);
    assert.match(early.text, /needs a preview of the same arguments/);
    assert.equal(await urlOf('task.create'), undefined);
    assert.match(
      (await call('set', args)).text,
      /^Nothing was changed\. Preview:\ncrm-triggers set task\.create https:/,
    );
    assert.equal(await urlOf('task.create'), undefined);
    const other = await call('set', { ...args, url: 'https://example.com/other', confirm: true });
    assert.ok(other.isError, 'a preview of other arguments does not count');
    assert.deepEqual(JSON.parse((await call('set', { ...args, confirm: true })).text), args);
    assert.equal(await urlOf('task.create'), args.url);
    assert.ok((await call('set', { ...args, confirm: true })).isError, 'the second time needs a new preview');
  });

  test('previews an import as a dry run, and a redelivery by its plan', async (t) => {
    const made = await world(t, { allowWrites: true });
    const content = '{"task.create":"https://example.com/imported"}';
    assert.match((await made.call('import', { content })).text, /imported/);
    assert.equal(await made.urlOf('task.create'), undefined);
    await made.call('import', { content, confirm: true });
    assert.equal(await made.urlOf('task.create'), 'https://example.com/imported');

    await failMany(made, 2, () => ({ trigger: 'task.edit' }));
    await made.call('redeliver', { trigger: 'task.edit' });
    assert.deepEqual([made.sent.length, (await failed(made.deps, {})).length], [0, 2]);
    await made.call('redeliver', { trigger: 'task.edit', confirm: true });
    assert.deepEqual([made.sent.length, (await failed(made.deps, {})).length], [2, 0]);
  });

  test('limits and merges after a preview', async (t) => {
    const { call } = await world(t, { allowWrites: true });
    const args = { trigger: 'task.edit', rate: '0.5' };
    assert.match(
      (await call('limit', args)).text,
      /^Nothing was changed\. Preview:\ncrm-triggers limit task\.edit 0\.5/,
    );
    assert.deepEqual(JSON.parse((await call('limit', { ...args, confirm: true })).text), {
      trigger: 'task.edit',
      maxPerSecond: 0.5,
    });
    await call('coalesce', { trigger: 'task.edit', choice: 'on' });
    await call('coalesce', { trigger: 'task.edit', choice: 'on', confirm: true });
    const lines: { trigger: string; maxPerSecond: number; coalesce: boolean }[] = JSON.parse((await call('list')).text);
    const { maxPerSecond, coalesce } = lines.find(({ trigger }) => trigger === 'task.edit') ?? assert.fail();
    assert.deepEqual([maxPerSecond, coalesce], [0.5, true]);
  });

  test('returns the names of headers, and no values', async (t) => {
    const { call } = await world(t);
    const lines: { trigger: string; headers: string[] }[] = JSON.parse((await call('list')).text);
    assert.deepEqual(lines.find(({ trigger }) => trigger === 'task.edit')?.headers, ['x-token']);
    assert.match((await call('export', { 'with-headers': true })).text, /x-token/);
  });

  for (const [title, name, args, message] of [
    ['a backfill of a delete', 'backfill', { trigger: 'task.delete' }, /has no row to send/],
    ['a range without its start', 'redeliver', { delivered: true }, /--delivered needs --since/],
    ['a missing argument', 'pause', {}, /The argument trigger is missing/],
    ['an unknown trigger', 'pause', { trigger: 'task.update' }, /Did you mean task\.edit\?/],
    ['a wrong type', 'log', { limit: '5' }, /limit must be a number/],
    ['a limit out of range', 'log', { limit: 0 }, /from 1 to 10000/],
    ['an unknown argument', 'list', { stage: 'prod' }, /There is no argument/],
    ['a limit in words', 'limit', { trigger: 'task.edit', rate: 'fast' }, /rate is a number of calls per second/],
    ['a wrong choice', 'coalesce', { trigger: 'task.edit', choice: 'yes' }, /is one of on, off/],
    ['merging of creates', 'coalesce', { trigger: 'task.create', choice: 'on' }, /cannot merge calls/],
    ['a selection of nothing', 'redeliver', {}, /No notification is chosen/],
  ] as const)
    test(`reports ${title}`, async (t) => {
      const { call } = await world(t, { allowWrites: true });
      const { text, isError } = await call(name, args);
      assert.ok(isError);
      assert.match(text, message);
    });
});

describe('a server that writes, for a client that can ask', () => {
  test('writes when the user accepts', async (t) => {
    const { call, questions, urlOf } = await world(t, { allowWrites: true, reply: 'accept' });
    await call('clear', { trigger: 'task.edit' });
    assert.match(questions[0] ?? '', /^Confirm this change:\ncrm-triggers clear task\.edit\nRemove the URL/);
    assert.equal(await urlOf('task.edit'), undefined);
  });

  for (const reply of ['decline', 'cancel'] as const)
    test(`changes nothing on ${reply}, also with confirm: true`, async (t) => {
      const { call, questions, urlOf } = await world(t, { allowWrites: true, reply });
      for (const confirm of [false, true])
        assert.match((await call('clear', { trigger: 'task.edit', confirm })).text, /nothing was changed/);
      assert.equal(questions.length, 2);
      assert.ok(await urlOf('task.edit'));
    });
});
