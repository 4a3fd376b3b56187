import assert from 'node:assert/strict';
import { test } from 'node:test';
import { set } from '../../functions/operations/set-url.ts';
import { rotateSecret, showSecret } from '../../functions/operations/signing-secrets.ts';
import { exportUrls, importUrls } from '../../functions/operations/url-file.ts';
import { adminWorld } from '../support/admin-world.ts';

test('records each read of a secret before the secret is returned, and returns none if that fails', async () => {
  const { deps, history } = adminWorld();
  await set(deps, 'task.edit', 'https://example.com/');
  const { secret } = await showSecret(deps, 'task.edit');
  const [latest] = history.entries;
  assert.deepEqual([latest?.what, latest?.trigger, latest?.who], ['secret-read', 'task.edit', 'ada']);
  assert.ok(!JSON.stringify(history.entries).includes(secret));
  const broken = { ...deps, history: { add: () => Promise.reject(new Error('no table')) } } as unknown as typeof deps;
  await assert.rejects(showSecret(broken, 'task.edit'), /no table/);
});

test('records a replaced secret once', async () => {
  const { deps, history } = adminWorld();
  await rotateSecret(deps, 'task.edit');
  assert.deepEqual(
    history.entries.map(({ what }) => what),
    ['secret'],
  );
});

test('records exports and imports, which belong to no single trigger', async () => {
  const { deps, history } = adminWorld();
  await importUrls(deps, '{"task.edit": "https://example.com/a", "task.create": null}');
  await exportUrls(deps, false);
  assert.deepEqual(
    history.entries.map(({ what, trigger, to }) => [what, trigger, to]),
    [
      ['export', null, 'all URLs'],
      ['import', null, '1 changed'],
      ['url', 'task.edit', 'https://example.com/a'],
    ],
  );
});
