import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRow, isSetInRow, shownFromRow, storedState } from '../../functions/adapters/trigger-rows.ts';
import { states } from '../../functions/core/breaker.ts';
import { MASK } from '../../functions/core/masked-url.ts';

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

test('tells whether a URL is set, and its masked form, from any item', () => {
  const cases: [item: object, isSet: boolean, shown: string | undefined][] = [
    [{}, false, undefined],
    // Release 0.2.0 wrote the URL: until drain completes the item, it counts as set.
    [{ urlVersion: 1 }, true, MASK],
    [{ urlVersion: 2, shownVersion: 1, isSet: false }, true, MASK],
    [{ urlVersion: 2, shownVersion: 1, isSet: true, shownUrl: 'https://old/' }, true, MASK],
    [{ urlVersion: 2, shownVersion: 2, isSet: true, shownUrl: 'https://x/' }, true, 'https://x/'],
    [{ urlVersion: 2, shownVersion: 2, isSet: true }, true, MASK],
    [{ urlVersion: 2, shownVersion: 2, isSet: false }, false, undefined],
  ];
  for (const [fields, isSet, shown] of cases) {
    const item = { trigger: 'case.edit', ...fields };
    assert.deepEqual(isSetInRow(item), ['case.edit', isSet], JSON.stringify(fields));
    assert.equal(shownFromRow(item)[1].url, shown, JSON.stringify(fields));
  }
});
