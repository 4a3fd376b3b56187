import assert from 'node:assert/strict';
import { test } from 'node:test';
import { triggers } from '../../functions/core/entity.ts';
import { canCoalesce, settingsRejection, settingText } from '../../functions/core/trigger-settings.ts';

const rejection = (maxPerSecond: unknown, coalesce?: unknown, trigger = triggers[1]) =>
  settingsRejection(trigger ?? assert.fail(), { maxPerSecond, coalesce });

for (const limit of [0.001, 0.5, 1, 5, 999.9, 1000, null, undefined])
  test(`accepts the limit ${limit}`, () => assert.equal(rejection(limit), undefined));

for (const limit of [0, -1, -0.5, Number.NaN, 1001, 1e-200, Number.POSITIVE_INFINITY, 'fast', '5', true, [5], {}])
  test(`rejects the limit ${JSON.stringify(limit)} (${typeof limit}) in one line`, () => {
    const line = rejection(limit) ?? assert.fail();
    assert.equal(
      line,
      'The limit of customer.edit is not a number of calls per second from 0.001 to 1000. Fix: enter a number such as 5 or 0.5.',
    );
  });

test('merges calls of edits only', () => {
  assert.deepEqual(triggers.filter(canCoalesce), ['customer.edit', 'case.edit', 'task.edit']);
  for (const trigger of triggers) {
    assert.equal(rejection(undefined, false, trigger), undefined, 'off is allowed for each');
    const line = rejection(undefined, true, trigger);
    if (canCoalesce(trigger)) assert.equal(line, undefined);
    else
      assert.equal(
        line,
        `${trigger} cannot merge calls: only edits of one record can be merged. Fix: choose a trigger that ends with .edit.`,
      );
  }
  assert.match(rejection(undefined, 'on') ?? '', /^The setting coalesce of customer\.edit is neither true nor false\./);
});

test('shows a setting as text, and nothing if it is off', () => {
  assert.deepEqual(
    [settingText('maxPerSecond', 0.5), settingText('maxPerSecond', null), settingText('maxPerSecond', undefined)],
    ['at most 0.5/s', undefined, undefined],
  );
  assert.deepEqual(
    [settingText('coalesce', true), settingText('coalesce', false)],
    ['merges pending edits', undefined],
  );
});
