import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { plainText } from '../../cli/output.ts';
import type { NameLookup } from '../../functions/adapters/name-lookup.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';

const world = (lookUp?: NameLookup) => adminWorld(lookUp && { lookUp });

test('a host name that leads to a private address cannot be set', async () => {
  const { deps, triggersTable } = world(async () => [
    { address: '8.8.8.8', family: 4 },
    { address: 'fd00::1', family: 6 },
  ]);
  await assert.rejects(set(deps, 'task.edit', 'https://inside.example/hook'), {
    name: 'UserError',
    message:
      'The URL for task.edit leads to an address that is not public. Fix: use another host, or add its network to allowedPrivateNetworks in cdk.json.',
  });
  assert.equal(triggersTable.writes, 0);
});

test('a host name that cannot be looked up now can be set', async () => {
  const { deps } = world(async () => {
    throw Object.assign(new Error(), { code: 'ENOTFOUND' });
  });
  assert.equal(await set(deps, 'task.edit', 'https://soon.example'), 'https://soon.example/');
});

test('an address is checked without a look-up', async () => {
  const { deps } = world(async () => assert.fail('nothing is to be looked up'));
  assert.equal(await set(deps, 'task.edit', 'https://[2606:4700::1111]'), 'https://[2606:4700::1111]/');
});

test('the history shows who changed what, and its text controls no terminal', async () => {
  const { deps } = adminWorld({ who: 'ada\u001b[2J\n' });
  await set(deps, 'task.edit', 'https://example.com/1');
  await set(deps, 'task.edit', 'https://example.com/2');
  const text = plainText((await commands.history?.run(deps, [], {})) ?? assert.fail());
  const [head = '', latest = '', first = ''] = text.split('\n');
  assert.match(head, /^TIME +TRIGGER +ACTION +FROM +TO +BY$/);
  assert.match(latest, /^\S+Z {2}task\.edit +url +https:\/\/example\.com\/1 {2}https:\/\/example\.com\/2 {2}ada/);
  assert.match(first, / url +- +https:\/\/example\.com\/1 /);
  assert.doesNotMatch(text, /[^\P{C}\n]/u);
});

test('list shows why a trigger is parked, only while it is parked', async () => {
  const { deps, triggersTable } = world();
  await set(deps, 'task.edit', 'https://example.com/hook');
  await triggersTable.move('task.edit', 'park', { parkedBecause: 'HTTP 503' });
  const line = async () => {
    const printed = (await commands.list?.run(deps, [], {})) ?? assert.fail();
    const found = (printed.json as { trigger: string }[]).find(({ trigger }) => trigger === 'task.edit');
    return [
      plainText(printed)
        .split('\n')
        .find((one) => one.startsWith('task.edit')),
      found,
    ] as const;
  };
  assert.equal((await line())[0], 'task.edit        parked  0        https://example.com/hook  HTTP 503');
  assert.partialDeepStrictEqual((await line())[1], { state: 'parked', parkedBecause: 'HTTP 503' });
  await triggersTable.move('task.edit', 'drain');
  assert.equal((await line())[0], 'task.edit        draining  0        https://example.com/hook');
  assert.partialDeepStrictEqual((await line())[1], { state: 'draining', parkedBecause: null });
});
