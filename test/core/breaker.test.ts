import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagram, isTooOld, type Move, parkingStates, type State, states } from '../../functions/core/breaker.ts';
import { HOUR } from '../support/time.ts';

const NOW = 1_760_000_000_000;

const moves: Record<Move, Partial<Record<State, State>>> = {
  park: { active: 'parked' },
  drain: { parked: 'draining' },
  finish: { draining: 'finishing' },
  parkAgain: { draining: 'parked' },
  drainAgain: { finishing: 'draining', active: 'draining' },
  activate: { finishing: 'active' },
  pause: { active: 'paused', parked: 'paused', draining: 'paused', finishing: 'paused' },
  resume: { paused: 'draining' },
};

for (const [move, expected] of Object.entries(moves) as [Move, Partial<Record<State, State>>][])
  test(`${move} moves ${Object.entries(expected).join(' and ').replaceAll(',', ' to ')}, and no other state`, () => {
    const { from, to } = diagram[move];
    assert.deepEqual(Object.fromEntries(from.map((state) => [state, to])), expected);
  });

test('has no other moves', () => {
  assert.deepEqual(Object.keys(diagram), Object.keys(moves));
});

test('sends notifications to the backlog while a trigger is parked, draining or paused', () => {
  assert.deepEqual(
    states.filter((state) => parkingStates.has(state)),
    ['parked', 'draining', 'paused'],
  );
});

test('a notification is too old more than 72 hours after its change or its redelivery', () => {
  const changedAt = NOW - 72 * HOUR;
  assert.equal(isTooOld({ changedAt }, NOW), false);
  assert.equal(isTooOld({ changedAt }, NOW + 1), true);
  assert.equal(isTooOld({ changedAt, redelivered: changedAt + 1 }, NOW + 1), false);
  assert.equal(isTooOld({ changedAt, redelivered: changedAt + 1 }, NOW + 2), true);
});
