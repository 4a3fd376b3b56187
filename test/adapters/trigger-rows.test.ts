import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRow, storedState } from '../../functions/adapters/trigger-rows.ts';
import { states } from '../../functions/core/breaker.ts';

const stateOf = (state?: string) => fromRow({ trigger: 'case.edit', ...(state && { state }) })[1].state;

test('stores the state `finishing` as release 0.2.0 does', () => {
  assert.deepEqual(states.map(storedState), ['active', 'parked', 'draining', 'closing', 'paused']);
});

test('reads each stored state, and `active` from an item without one', () => {
  assert.deepEqual(
    states.map((state) => stateOf(storedState(state))),
    states,
  );
  assert.equal(stateOf(), 'active');
});

test('reads an unknown state as `finishing`, in which messages wait', () => {
  assert.equal(stateOf('of a later release'), 'finishing');
});

test('reads who paused a trigger, and nothing for an unknown value', () => {
  const pausedBy = ['admin', 'gone', 'of a later release'].map(
    (value) => fromRow({ trigger: 'case.edit', pausedBy: value })[1].pausedBy,
  );
  assert.deepEqual(pausedBy, ['admin', 'gone', undefined]);
});
