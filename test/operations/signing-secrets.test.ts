import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { set } from '../../functions/operations/set-url.ts';
import {
  expireReplaced,
  removeHeader,
  rotateSecret,
  setHeader,
  showSecret,
} from '../../functions/operations/signing-secrets.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { exportUrls, importUrls } from '../../functions/operations/url-file.ts';
import { adminWorld as world } from '../support/admin-world.ts';

test('a trigger gets its secret with its first URL, and keeps it with the next', async () => {
  const { deps } = world();
  await assert.rejects(showSecret(deps, 'task.edit'), {
    message: /^task.edit has no secret yet: .*set task.edit URL\.$/,
  });
  await set(deps, 'task.edit', 'https://example.com/1');
  const { secret } = await showSecret(deps, 'task.edit');
  assert.match(secret, /^whsec_[\w+/]{43}=$/);
  await set(deps, 'task.edit', 'https://example.com/2');
  assert.equal((await showSecret(deps, 'task.edit')).secret, secret);
  await importUrls(deps, '{"task.create": "https://example.com/3"}');
  assert.notEqual((await showSecret(deps, 'task.create')).secret, secret);
});

test('a replaced secret still signs for 24 hours, also if its successor is replaced too', async () => {
  const { deps, secrets } = world();
  await set(deps, 'task.edit', 'https://example.com/');
  const first = await showSecret(deps, 'task.edit');
  const second = await rotateSecret(deps, 'task.edit');
  assert.deepEqual(
    second.replaced.map((r) => r.secret),
    [first.secret],
  );
  const hours = ((second.replaced[0]?.until ?? 0) - Date.now()) / 3_600_000;
  assert.ok(hours > 23.9 && hours <= 24);
  const third = await rotateSecret(deps, 'task.edit');
  assert.deepEqual(
    third.replaced.map((r) => r.secret),
    [second.secret, first.secret],
  );
  await secrets.change('task.edit', (now) => ({ ...now, replaced: now.replaced.map((r) => ({ ...r, until: 1 })) }));
  assert.deepEqual(
    (await rotateSecret(deps, 'task.edit')).replaced.map((r) => r.secret),
    [third.secret],
  );
});

test('the replaced secrets of a trigger can be expired at once, with an entry in the history', async () => {
  const { deps, history } = world();
  await set(deps, 'task.edit', 'https://example.com/');
  await rotateSecret(deps, 'task.edit');
  const { secret, replaced } = await rotateSecret(deps, 'task.edit');
  assert.equal(replaced.length, 2);
  assert.deepEqual(await expireReplaced(deps, 'task.edit'), { trigger: 'task.edit', secret, replaced: [] });
  assert.deepEqual(history.entries[0], { ...history.entries[0], what: 'secret', from: '2 replaced', to: 'expired' });
  const { length } = history.entries;
  await assert.rejects(expireReplaced(deps, 'task.edit'), {
    name: 'UserError',
    message: 'task.edit has no replaced secret: its calls are signed with one secret only.',
  });
  assert.equal(history.entries.length, length);
  const again = await rotateSecret(deps, 'task.edit');
  const expired = await commands.secret?.run(deps, ['expire', 'task.edit'], {});
  assert.deepEqual(expired?.text, again.secret);
});

test('every command shows only the names of headers', async () => {
  const { deps } = world();
  const marker = 'MARKER-7f3a';
  await set(deps, 'task.edit', 'https://example.com/');
  const said = await commands.header?.run(deps, ['set', 'task.edit', 'X-Token', `${marker}\n`], {});
  assert.deepEqual((await list(deps)).find((line) => line.trigger === 'task.edit')?.headers, ['x-token']);
  const printed = [
    said,
    await commands.list?.run(deps, [], {}),
    await exportUrls(deps, true),
    await showSecret(deps, 'task.edit'),
  ];
  assert.doesNotMatch(JSON.stringify(printed), new RegExp(marker));
  assert.match(JSON.stringify(printed), /x-token/);
});

test('a header can be removed; a missing, a hostile and an eleventh header are rejected in one line', async () => {
  const { deps, secrets } = world();
  for (let n = 0; n < 10; n++) await setHeader(deps, 'task.edit', `x-${n}`, 'v');
  await assert.rejects(setHeader(deps, 'task.edit', 'x-10', 'v'), { message: /has 10 headers already/ });
  await setHeader(deps, 'task.edit', 'X-1', 'new');
  await removeHeader(deps, 'task.edit', 'X-0');
  await assert.rejects(removeHeader(deps, 'task.edit', 'x-0'), { message: /^task.edit has no header "x-0"/ });
  await assert.rejects(setHeader(deps, 'task.edit', 'x-0', 'a\r\nb: c'), { name: 'UserError', message: /^[^\r\n]+$/ });
  assert.equal(secrets.items.get('task.edit')?.headers['x-1'], 'new');
  assert.equal(Object.keys(secrets.items.get('task.edit')?.headers ?? {}).length, 9);
});

test('reports that another user changes the secrets again and again', async () => {
  const { deps, secrets } = world();
  secrets.change = async () => false;
  await assert.rejects(rotateSecret(deps, 'task.edit'), {
    message: /^Someone else is changing the secrets of task\.edit now\. Fix: try again\.$/,
  });
});

test('an Authorization header and a user name in the URL are not set together, in either order', async () => {
  const { deps } = world();
  await set(deps, 'task.edit', 'https://u:p@example.com/');
  await assert.rejects(setHeader(deps, 'task.edit', 'Authorization', 'Bearer x'), {
    message:
      'The URL for task.edit has a user name or password, which is sent as Authorization: remove it from the URL first.',
  });
  await set(deps, 'case.edit', 'https://example.com/');
  await setHeader(deps, 'case.edit', 'Authorization', 'Bearer x');
  await assert.rejects(set(deps, 'case.edit', 'https://u@example.com/'), {
    message:
      'case.edit has a custom header Authorization: remove the user name and password from the URL, or remove the header first.',
  });
  await set(deps, 'case.edit', 'https://example.com/other');
});
