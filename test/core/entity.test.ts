import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityOf, isTrigger, triggers } from '../../functions/core/entity.ts';

test('has eleven triggers, and none for the edit of a followup', () => {
  assert.deepEqual(triggers, [
    'customer.create',
    'customer.edit',
    'customer.delete',
    'case.create',
    'case.edit',
    'case.delete',
    'followup.create',
    'followup.delete',
    'task.create',
    'task.edit',
    'task.delete',
  ]);
});

test('does not accept a name that is not a trigger', () => {
  for (const name of ['followup.edit', 'customer', 'customer.', '.create', 'Customer.create', '', 7, null, 'toString'])
    assert.equal(isTrigger(name), false, String(name));
});

test('returns the entity of a trigger', () => {
  assert.deepEqual(
    triggers.map(entityOf).filter((entity, i, all) => all.indexOf(entity) === i),
    ['customer', 'case', 'followup', 'task'],
  );
});
