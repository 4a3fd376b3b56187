import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { set } from '../../functions/operations/set-url.ts';
import { changeSettings } from '../../functions/operations/trigger-settings.ts';
import { adminWorld } from '../support/admin-world.ts';

const url = 'https://example.com/hook';

async function world() {
  const made = adminWorld();
  await set(made.deps, 'task.edit', url);
  await set(made.deps, 'case.edit', url);
  const run = async (name: string, words: string[], options = {}) =>
    (await commands[name]?.run(made.deps, words, options)) ?? assert.fail();
  const settings = async () => {
    const { maxPerSecond, coalesce } = (await made.triggersTable.read(['task.edit'])).get('task.edit') ?? {};
    return [maxPerSecond, coalesce];
  };
  const imported = async (file: object, options = {}) => run('import', ['file', JSON.stringify(file)], options);
  return { ...made, run, settings, imported };
}

test('export has the settings of the triggers that have any, and import restores them', async () => {
  const { deps, run, settings } = await world();
  await changeSettings(deps, 'task.edit', { maxPerSecond: 5, coalesce: true });
  const { text } = await run('export', []);
  const file = JSON.parse(text);
  assert.deepEqual(file['task.edit'], { url, maxPerSecond: 5, coalesce: true });
  assert.deepEqual([file['case.edit'], file['task.delete']], [url, null], 'the others are as before');
  const withHeaders = JSON.parse((await run('export', [], { 'with-headers': true })).text);
  assert.deepEqual(withHeaders['task.edit'], { url, maxPerSecond: 5, coalesce: true, headers: {} });
  assert.deepEqual(withHeaders['case.edit'], { url, headers: {} });
  assert.match((await run('import', ['file', text])).text, /^Nothing to change/);
  await changeSettings(deps, 'task.edit', { maxPerSecond: null, coalesce: false });
  await run('import', ['file', text]);
  assert.deepEqual(await settings(), [5, true]);
});

test('import --dry-run prints settings in its diff and changes nothing; import prints and records each change', async () => {
  const { deps, imported, settings, history } = await world();
  await changeSettings(deps, 'task.edit', { maxPerSecond: 5 });
  const entries = history.entries.length;
  const file = { 'task.edit': { url: `${url}/2`, maxPerSecond: 0.5, coalesce: true } };
  assert.deepEqual((await imported(file, { 'dry-run': true })).text.split('\n'), [
    '- task.edit         at most 5/s',
    '+ task.edit         at most 0.5/s',
    '+ task.edit         merges pending edits',
    `- task.edit         ${url}`,
    `+ task.edit         ${url}/2`,
    '3 would change; nothing was changed.',
  ]);
  assert.deepEqual([await settings(), history.entries.length], [[5, undefined], entries]);
  assert.deepEqual((await imported(file)).text.split('\n'), [
    'task.edit         at most 0.5/s',
    'task.edit         merges pending edits',
    `task.edit         ${url}/2`,
  ]);
  assert.deepEqual(
    history.entries.slice(0, 4).map(({ what, from, to }) => [what, from, to]),
    [
      ['import', null, '3 changed'],
      ['url', url, `${url}/2`],
      ['coalesce', null, 'merges pending edits'],
      ['limit', 'at most 5/s', 'at most 0.5/s'],
    ],
  );
  const removed = await imported({ 'task.edit': { url: `${url}/2`, maxPerSecond: null, coalesce: false } });
  assert.deepEqual(removed.text.split('\n'), [
    'task.edit         no more: at most 0.5/s',
    'task.edit         no more: merges pending edits',
  ]);
  assert.deepEqual(await settings(), [undefined, undefined]);
});

test('a setting that a file does not name does not change, so files of earlier releases keep settings', async () => {
  const { deps, imported, settings } = await world();
  await changeSettings(deps, 'task.edit', { maxPerSecond: 5, coalesce: true });
  for (const entry of [`${url}/2`, { url, headers: {} }, { url, coalesce: true }, { url: null }])
    await imported({ 'task.edit': entry });
  assert.deepEqual(await settings(), [5, true]);
});

test('a file with a wrong setting changes nothing, and the error names each', async () => {
  const { imported, settings, history } = await world();
  const entries = history.entries.length;
  const file = {
    'task.edit': { url, maxPerSecond: 0 },
    'case.edit': { url: `${url}/2`, coalesce: 'yes' },
    'case.create': { url, coalesce: true },
    'case.delete': { url, maxPerSec: 5 },
  };
  await assert.rejects(imported(file), ({ message }: Error) => {
    const lines = message.split('\n');
    assert.equal(lines.length, 4);
    for (const [n, start] of ['The limit of task.edit', 'The setting coalesce', 'case.create cannot merge'].entries())
      assert.ok(lines[n]?.startsWith(start), lines[n]);
    assert.equal(lines[3], 'case.delete has no field "maxPerSec" in a file. Fix: remove it.');
    return true;
  });
  assert.deepEqual([await settings(), history.entries.length], [[undefined, undefined], entries]);
});
