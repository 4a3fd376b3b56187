import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { plainText } from '../../cli/output.ts';
import { checkValue } from '../../cli/values.ts';
import { set } from '../../functions/operations/set-url.ts';
import { importUrls } from '../../functions/operations/url-file.ts';
import { adminWorld } from '../support/admin-world.ts';

const url = 'https://ada:MARKER-pw@example.com/hook?token=MARKER-token';
const masked = 'https://ada:***@example.com/hook?token=***';

async function world() {
  const made = adminWorld({ sqs: { send: async () => ({ Attributes: {} }) } });
  await set(made.deps, 'task.edit', url);
  return made;
}

for (const name of ['list', 'export', 'history'] as const)
  test(`${name} prints URLs without credentials, as text and as JSON`, async () => {
    const { deps } = await world();
    const printed = (await commands[name]?.run(deps, [], {})) ?? assert.fail();
    for (const text of [plainText(printed), JSON.stringify(printed.json)]) {
      assert.doesNotMatch(text, /MARKER/);
      assert.ok(text.includes(masked));
    }
  });

test('export --with-secrets prints whole URLs, and the history says so', async () => {
  const { deps, history } = await world();
  const { text } = (await commands.export?.run(deps, [], { 'with-secrets': true })) ?? assert.fail();
  assert.equal(JSON.parse(text)['task.edit'], url);
  assert.equal(history.entries[0]?.to, 'all URLs with secrets');
});

test('an import keeps the stored URL where the file has its masked form', async () => {
  const { deps, triggersTable } = await world();
  assert.deepEqual(await importUrls(deps, JSON.stringify({ 'task.edit': masked })), []);
  assert.equal((await triggersTable.read(['task.edit'])).get('task.edit')?.url, url);
});

test('an import rejects the masked form of another URL', async () => {
  const { deps } = await world();
  const other = JSON.stringify({ 'task.create': masked });
  await assert.rejects(importUrls(deps, other), /task\.create is masked.+Fix: .+--with-secrets/);
});

test('an import prints its changes without credentials', async () => {
  const { deps } = await world();
  const file = JSON.stringify({ 'task.edit': null, 'task.create': url });
  const { text, json } = (await commands.import?.run(deps, ['file', file], {})) ?? assert.fail();
  assert.doesNotMatch(text + JSON.stringify(json), /MARKER/);
});

test('set prints the URL without credentials, and says when it was normalised', async () => {
  const { deps } = await world();
  for (const [entered, note] of [
    [url, ''],
    [url.replace('example.com', 'EXAMPLE.com'), ' (what you entered, normalised)'],
  ] as const) {
    const printed = (await commands.set?.run(deps, ['task.edit', entered], {})) ?? assert.fail();
    assert.equal(printed.text, `task.edit calls ${masked}${note}`);
    assert.doesNotMatch(JSON.stringify(printed.json), /MARKER/);
  }
});

test('error messages repeat no URL that was entered in the wrong place, and no part of a broken file', async () => {
  const { deps } = await world();
  const files = [
    JSON.stringify({ [url]: 'task.edit' }),
    `{"task.edit":https://MARKER@h/}`,
    `{"task.edit":"x","a":MARKER}`,
  ];
  for (const file of files)
    await assert.rejects(importUrls(deps, file), ({ message }) => !/MARKER|MARK/.test(message) && message.length > 20);
  assert.throws(
    () => checkValue('TRIGGER', 'TRIGGER', url),
    ({ message }) => /^There is no trigger of this name\./.test(message),
  );
  assert.throws(() => checkValue('TRIGGER', 'TRIGGER', 'task.edits'), /^Error: There is no trigger "task\.edits"\./);
});
