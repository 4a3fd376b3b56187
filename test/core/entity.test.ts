import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityOf, isTrigger, triggers } from '../../functions/core/entity.ts';

test('there are eleven triggers, and a followup has no edit', () => {
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

test('names that are no trigger are reported apart', () => {
  for (const name of ['followup.edit', 'customer', 'customer.', '.create', 'Customer.create', '', 7, null, 'toString'])
    assert.equal(isTrigger(name), false, String(name));
});

test('a trigger tells its entity', () => {
  assert.deepEqual(
    triggers.map(entityOf).filter((entity, i, all) => all.indexOf(entity) === i),
    ['customer', 'case', 'followup', 'task'],
  );
});
