import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { Misuse } from '../../cli/misuse.ts';
import { plainText } from '../../cli/output.ts';
import { checkValue } from '../../cli/values.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';

async function world() {
  const made = adminWorld({ sqs: { send: async () => ({ Attributes: {} }) } });
  await set(made.deps, 'task.edit', 'https://example.com/hook');
  const run = async (name: string, ...words: string[]) =>
    (await commands[name]?.run(made.deps, words, {})) ?? assert.fail();
  return { ...made, run };
}

test('`limit` sets and removes the limit of a trigger, and `coalesce` its merging', async () => {
  const { run, history } = await world();
  const limited = await run('limit', 'task.edit', '0.5');
  assert.equal(limited.text, 'task.edit makes at most 0.5 calls per second');
  assert.deepEqual(limited.json, { trigger: 'task.edit', maxPerSecond: 0.5 });
  const merged = await run('coalesce', 'task.edit', 'on');
  assert.equal(merged.text, 'task.edit merges pending edits of one record');
  assert.deepEqual(merged.json, { trigger: 'task.edit', coalesce: true });
  assert.equal((await run('limit', 'task.edit', 'off')).text, 'task.edit has no limit');
  assert.equal((await run('coalesce', 'task.edit', 'off')).text, 'task.edit sends every edit');
  assert.deepEqual(
    history.entries.map(({ what }) => what),
    ['coalesce', 'limit', 'coalesce', 'limit', 'url'],
  );
  assert.match(plainText(await run('history')), /task\.edit +limit +- +at most 0\.5\/s +ada/);
});

test('`list` shows the limit, the merging, and the rate of a receiver that throttles', async () => {
  const { run, triggersTable } = await world();
  await run('limit', 'task.edit', '5');
  await run('coalesce', 'task.edit', 'on');
  await triggersTable.move('task.edit', 'park', { throttledAt: 5, throttledRate: 0.8, parkedBecause: 'HTTP 429' });
  const listed = await run('list');
  const line = plainText(listed)
    .split('\n')
    .find((text) => text.startsWith('task.edit'));
  assert.match(line ?? '', /throttled by the receiver to about 0\.8\/s, HTTP 429, at most 5\/s, merges pending edits$/);
  const json = (listed.json as { trigger: string; maxPerSecond: number | null; coalesce: boolean }[]).map(
    ({ trigger, maxPerSecond, coalesce }) => [trigger, maxPerSecond, coalesce],
  );
  assert.deepEqual(
    json.filter(([, maxPerSecond, coalesce]) => maxPerSecond !== null || coalesce),
    [['task.edit', 5, true]],
  );
});

test('takes as a limit only a plain number in its range, or off', () => {
  for (const rate of ['0.001', '.5', '0.5', '5.', '1000', 'off']) checkValue('RATE', 'RATE', rate);
  for (const rate of ['0', '-1', '1001', '0.0001', 'NaN', 'fast', '1e2', '0x5', '5/s', '5 ', 'Infinity', 'on', ''])
    assert.throws(() => checkValue('RATE', 'RATE', rate), Misuse, rate);
});

test('rejects merging for each trigger but those of edits', () => {
  const check = (trigger: string, choice: string) => commands.coalesce?.check?.([trigger, choice], {});
  for (const trigger of ['customer.create', 'case.delete', 'followup.create', 'followup.delete', 'task.create']) {
    check(trigger, 'off');
    assert.throws(() => check(trigger, 'on'), {
      message: /^\S+ cannot merge calls: only edits of one record can be merged\.$/,
    });
  }
  for (const trigger of ['customer.edit', 'case.edit', 'task.edit']) check(trigger, 'on');
});
