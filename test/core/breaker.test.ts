import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  diagram,
  firstProbe,
  isTooOld,
  type Move,
  nextProbe,
  parkingStates,
  type State,
  states,
} from '../../functions/core/breaker.ts';

const NOW = 1_760_000_000_000;
const HOUR = 3_600_000;

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
  test(`${move} leads ${Object.entries(expected).join(' and ').replaceAll(',', ' to ')}, and from no other state`, () => {
    const { from, to } = diagram[move];
    assert.deepEqual(Object.fromEntries(from.map((state) => [state, to])), expected);
  });

test('there are no other moves', () => {
  assert.deepEqual(Object.keys(diagram), Object.keys(moves));
});

test('notifications go to the backlog while a trigger is parked, draining or paused', () => {
  assert.deepEqual(
    states.filter((state) => parkingStates.has(state)),
    ['parked', 'draining', 'paused'],
  );
});

test('the first probe comes after 30 seconds, each later one after twice the time, up to an hour', () => {
  assert.deepEqual(firstProbe(NOW), { probeAt: NOW + 30_000, probeDelay: 30_000 });
  const delays = [30_000, HOUR / 2, HOUR / 2 + 1, HOUR].map((delay) => nextProbe(delay, NOW));
  assert.deepEqual(
    delays,
    [60_000, HOUR, HOUR, HOUR].map((probeDelay) => ({ probeAt: NOW + probeDelay, probeDelay })),
  );
});

test('no probe comes before the receiver asks for it, and the next one of a record that waits neither', () => {
  assert.deepEqual(firstProbe(NOW, 900), { probeAt: NOW + 900_000, probeDelay: 30_000 });
  assert.deepEqual(firstProbe(NOW, 5), { probeAt: NOW + 30_000, probeDelay: 30_000 });
  assert.deepEqual(nextProbe(30_000, NOW, 900), { probeAt: NOW + 900_000, probeDelay: 30_000 });
  assert.deepEqual(nextProbe(30_000, NOW, 45), { probeAt: NOW + 60_000, probeDelay: 60_000 });
});

test('a receiver that throttles is probed as soon as it asks for it', () => {
  assert.deepEqual(firstProbe(NOW, 7, true), { probeAt: NOW + 7_000, probeDelay: 30_000 });
  assert.deepEqual(firstProbe(NOW, 0, true), { probeAt: NOW + 1_000, probeDelay: 30_000 });
});

test('a notification is too old more than 72 hours after its change, or after it was redelivered', () => {
  const changedAt = NOW - 72 * HOUR;
  assert.equal(isTooOld({ changedAt }, NOW), false);
  assert.equal(isTooOld({ changedAt }, NOW + 1), true);
  assert.equal(isTooOld({ changedAt, redelivered: changedAt + 1 }, NOW + 1), false);
  assert.equal(isTooOld({ changedAt, redelivered: changedAt + 1 }, NOW + 2), true);
});
