import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { triggerOfToken } from '../../functions/operations/pull-tokens.ts';
import { adminWorld } from '../support/admin-world.ts';

test('`pull-token` prints a new token once, replaces the old one, and revokes it', async () => {
  const { deps, history } = adminWorld();
  const run = async (verb: string) =>
    (await commands['pull-token']?.run(deps, [verb, 'case.edit'], {})) ?? assert.fail();
  const { text: first } = await run('create');
  assert.match(first, /^crmpull_case\.edit_[\w-]{43}$/);
  assert.equal(await triggerOfToken(deps, first), 'case.edit');
  const { text: second } = await run('create');
  assert.deepEqual([await triggerOfToken(deps, first), await triggerOfToken(deps, second)], [undefined, 'case.edit']);
  assert.deepEqual((await run('revoke')).json, { trigger: 'case.edit', token: null });
  assert.equal(await triggerOfToken(deps, second), undefined);
  assert.deepEqual((await run('revoke')).json, { trigger: 'case.edit', token: null }, 'a second time changes nothing');
  assert.deepEqual(history.entries.map(({ what, from, to }) => [what, from, to]).slice(1), [
    ['secret', 'the pull token', null],
    ['secret', null, 'a new pull token'],
    ['secret', null, 'a new pull token'],
  ]);
  assert.equal(commands['pull-token']?.tool, undefined, 'no tool returns a secret');
});
