import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { pause } from '../../functions/operations/pause.ts';
import { set } from '../../functions/operations/set-url.ts';
import { setHeader } from '../../functions/operations/signing-secrets.ts';
import { adminWorld } from '../support/admin-world.ts';

async function world() {
  const made = adminWorld();
  await set(made.deps, 'task.edit', 'https://example.com/hook?token=MARKER-1');
  await set(made.deps, 'task.create', 'https://example.com/old');
  await setHeader(made.deps, 'task.edit', 'X-Token', 'MARKER-2');
  const run = async (name: string, words: string[], options = {}) =>
    (await commands[name]?.run(made.deps, words, options)) ?? assert.fail();
  return { ...made, run };
}

test('import --dry-run prints a diff without credentials, and changes nothing', async () => {
  const { run, triggersTable, history } = await world();
  const file = JSON.stringify({
    'task.edit': 'https://example.com/hook?token=MARKER-3',
    'task.create': null,
    'task.delete': 'https://example.com/new',
  });
  const before = [history.entries.length, await triggersTable.read(['task.edit', 'task.create', 'task.delete'])];
  const { text, json } = await run('import', ['file', file], { 'dry-run': true });
  assert.deepEqual(text.split('\n'), [
    '- task.edit         https://example.com/hook?token=***',
    '+ task.edit         https://example.com/hook?token=***  (a masked value differs)',
    '- task.create       https://example.com/old',
    '+ task.delete       https://example.com/new',
    '3 would change; nothing was changed.',
  ]);
  assert.doesNotMatch(text + JSON.stringify(json), /MARKER/);
  assert.deepEqual(
    [history.entries.length, await triggersTable.read(['task.edit', 'task.create', 'task.delete'])],
    before,
  );
  const done = await run('import', ['file', file]);
  assert.deepEqual(
    (done.json as { trigger: string }[]).map(({ trigger }) => trigger),
    (json as { trigger: string }[]).map(({ trigger }) => trigger),
  );
  assert.match((await run('import', ['file', file], { 'dry-run': true })).text, /^Nothing to change/);
});

test('import --dry-run rejects a file with an error like import', async () => {
  const { run } = await world();
  await assert.rejects(run('import', ['file', '{"task.undo": null}'], { 'dry-run': true }), {
    message: /^There is no trigger "task\.undo"/,
  });
});

test('export --with-headers has the names of headers and never their values, and can be imported again', async () => {
  const { run, secrets } = await world();
  const { text } = await run('export', [], { 'with-headers': true, 'with-secrets': true });
  assert.doesNotMatch(text, /MARKER-2/);
  assert.deepEqual(JSON.parse(text)['task.edit'], {
    url: 'https://example.com/hook?token=MARKER-1',
    headers: { 'x-token': '***' },
  });
  assert.match((await run('import', ['file', text])).text, /^Nothing to change/);
  await secrets.change('task.edit', (now) => ({ ...now, headers: {} }));
  await assert.rejects(run('import', ['file', text]), {
    name: 'UserError',
    message: /^task\.edit has no header "x-token".+ Fix: set it with header set task\.edit x-token\.$/,
  });
});

test('a second pause changes nothing and is no error', async () => {
  const { run, deps, history } = await world();
  assert.equal(await pause(deps, 'task.edit'), true);
  const count = history.entries.length;
  assert.equal((await run('pause', ['task.edit'])).text, 'task.edit is paused already');
  assert.equal(history.entries.length, count);
});
