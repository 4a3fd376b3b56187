import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause } from '../../functions/operations/pause.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { changeSettings } from '../../functions/operations/trigger-settings.ts';
import { list, listMasked } from '../../functions/operations/trigger-status.ts';
import { adminWorld } from '../support/admin-world.ts';

async function world() {
  const made = adminWorld();
  const status = async () =>
    (await list(made.deps)).find(({ trigger }) => trigger === 'task.edit') ?? assert.fail('no status');
  return { ...made, status };
}

test('sets, changes and removes the limit and the merging of a trigger, and the history has each change', async () => {
  const { deps, status, history } = await world();
  const shown = async () => {
    const { maxPerSecond, coalesce } = await status();
    return [maxPerSecond, coalesce];
  };
  assert.deepEqual(await shown(), [null, false], 'off by default');
  await changeSettings(deps, 'task.edit', { maxPerSecond: 5, coalesce: true });
  assert.deepEqual(await shown(), [5, true]);
  await changeSettings(deps, 'task.edit', { maxPerSecond: 0.5 });
  assert.deepEqual(await shown(), [0.5, true], 'a setting that is not given does not change');
  await changeSettings(deps, 'task.edit', { maxPerSecond: 0.5, coalesce: true });
  await changeSettings(deps, 'task.edit', { maxPerSecond: null, coalesce: false });
  assert.deepEqual(await shown(), [null, false]);
  assert.deepEqual(
    history.entries.map(({ who, what, trigger, from, to }) => [who, what, trigger, from, to]).toReversed(),
    [
      ['ada', 'limit', 'task.edit', null, 'at most 5/s'],
      ['ada', 'coalesce', 'task.edit', null, 'merges pending edits'],
      ['ada', 'limit', 'task.edit', 'at most 5/s', 'at most 0.5/s'],
      ['ada', 'limit', 'task.edit', 'at most 0.5/s', null],
      ['ada', 'coalesce', 'task.edit', 'merges pending edits', null],
    ],
    'without an entry for a change to the same value',
  );
});

test('a setting changes neither URL, version nor state, and stays when the URL is cleared and set again', async () => {
  const { deps, status, secrets } = await world();
  await set(deps, 'task.edit', 'https://example.com/');
  await pause(deps, 'task.edit');
  const before = await status();
  const secret = secrets.items.get('task.edit');
  await changeSettings(deps, 'task.edit', { maxPerSecond: 5, coalesce: true });
  assert.deepEqual(await status(), { ...before, maxPerSecond: 5, coalesce: true });
  assert.deepEqual(secrets.items.get('task.edit'), secret);
  await clear(deps, 'task.edit');
  await set(deps, 'task.edit', 'https://example.com/2');
  const { maxPerSecond, coalesce, url } = await status();
  assert.deepEqual([maxPerSecond, coalesce, url], [5, true, 'https://example.com/2']);
  const masked = (await listMasked(deps)).find(({ trigger }) => trigger === 'task.edit');
  assert.deepEqual([masked?.maxPerSecond, masked?.coalesce], [5, true]);
});

test('a wrong value changes nothing, also not the value beside it', async () => {
  const { deps, status, history } = await world();
  for (const [trigger, changes] of [
    ['task.edit', { maxPerSecond: 0 }],
    ['task.edit', { maxPerSecond: Number.NaN, coalesce: true }],
    ['task.create', { maxPerSecond: 5, coalesce: true }],
  ] as const)
    await assert.rejects(changeSettings(deps, trigger, changes), { name: 'UserError', message: /^[^\n]+Fix: [^\n]+$/ });
  assert.deepEqual([(await status()).maxPerSecond, (await status()).coalesce], [null, false]);
  assert.equal(history.entries.length, 0);
});

test('a receiver throttles while its trigger is parked for it, and while it drains within an hour', async () => {
  const { deps, status, triggersTable } = await world();
  await set(deps, 'task.edit', 'https://example.com/');
  const shown = async () => {
    const { isThrottled, throttledRate } = await status();
    return [isThrottled, throttledRate];
  };
  const hours = (count: number) => Date.now() - count * 60 * 60_000;
  await triggersTable.move('task.edit', 'park', { throttledAt: hours(2), throttledRate: 0.8 });
  assert.deepEqual(await shown(), [true, 0.8]);
  await triggersTable.move('task.edit', 'drain');
  assert.deepEqual(await shown(), [false, null], 'the drain starts without a low rate');
  await triggersTable.move('task.edit', 'parkAgain', { throttledAt: hours(0.5) });
  await triggersTable.move('task.edit', 'drain');
  assert.deepEqual(await shown(), [true, 0.8]);
  await triggersTable.move('task.edit', 'finish');
  await triggersTable.move('task.edit', 'activate');
  assert.deepEqual(await shown(), [false, null]);
});
