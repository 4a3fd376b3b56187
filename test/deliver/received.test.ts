import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import {
  aloneSince,
  aloneUntil,
  isSharedMessage,
  mayHaveHistory,
  receivesOf,
} from '../../functions/deliver/received.ts';
import { message, notification } from '../support/records.ts';
import { HOUR } from '../support/time.ts';

const NOW = 1_760_000_000_000;

const received = (receives: string | undefined, firstReceive: string | undefined) => {
  const one = message(notification());
  const attributes = one.attributes as Partial<typeof one.attributes>;
  delete attributes.ApproximateReceiveCount;
  delete attributes.ApproximateFirstReceiveTimestamp;
  Object.assign(attributes, {
    ...(receives !== undefined && { ApproximateReceiveCount: receives }),
    ...(firstReceive !== undefined && { ApproximateFirstReceiveTimestamp: firstReceive }),
  });
  return one;
};

test('counts a message without a receive count as received once', () => {
  assert.deepEqual(
    [undefined, '', '0', '1', '7'].map((count) => receivesOf(received(count, undefined))),
    [1, 1, 1, 1, 7],
  );
});

test('another function can have a message from 300 s after its first receive on', () => {
  const ages = [0, 299_999, 300_000, 300_001];
  assert.deepEqual(
    ages.map((age) => isSharedMessage(received('1', String(NOW - age)), NOW)),
    [false, false, true, true],
  );
});

test('without the time of the first receive, the receive count decides whether another function can have a message', () => {
  assert.deepEqual(
    [undefined, '1', '2', '3'].map((count) => isSharedMessage(received(count, undefined), NOW)),
    [false, false, true, true],
  );
});

test('looks for a history when a message was received before, is shared, or is older than an hour', () => {
  const history = (count: string, age: number, first: number, redelivered?: number) =>
    mayHaveHistory(
      received(count, String(NOW - first)),
      notification({ changedAt: NOW - age, ...(redelivered !== undefined && { redelivered: NOW - redelivered }) }),
      NOW,
    );
  assert.equal(history('1', 0, 0), false);
  assert.equal(history('2', 0, 0), true);
  assert.equal(history('1', HOUR, 0), false);
  assert.equal(history('1', HOUR + 1, 0), true);
  assert.equal(history('1', 0, 300_000), true);
  assert.equal(history('1', 2 * HOUR, 0, 10), false);
});

/** The state that the function of an earlier receive stored. */
const stateOf = (alone: { readonly receives: number; readonly nextReceive: number } | undefined) => {
  const one = notification();
  return { ...unattempted, notification: one, settled: false, parked: undefined, isParked: false, alone };
};

test('a function is alone with a message that no other one can have, since its first receive', () => {
  assert.equal(aloneSince(received('1', String(NOW - 5)), undefined, NOW), NOW - 5);
  assert.equal(aloneSince(received('3', String(NOW - 299_999)), undefined, NOW), NOW - 299_999);
  assert.equal(aloneSince(received('1', undefined), undefined, NOW), NOW);
});

test('a function is alone with a shared message after a receive that ended, for 300 s', () => {
  const message = received('3', String(NOW - HOUR));
  const since = (receives: number, age: number) =>
    aloneSince(message, stateOf({ receives, nextReceive: NOW - age }), NOW);
  assert.equal(since(2, 0), NOW);
  assert.equal(since(2, 299_999), NOW - 299_999);
  assert.equal(since(2, 300_000), undefined);
  assert.equal(since(1, 0), undefined, 'the function of the second receive may still run');
  assert.equal(since(3, 0), undefined);
  for (const before of [undefined, stateOf(undefined)]) assert.equal(aloneSince(message, before, NOW), undefined);
});

test('the next receive is at the next attempt, or earlier if the visibility timeout ends before', () => {
  const message = received('3', String(NOW - HOUR));
  assert.deepEqual(aloneUntil(message, NOW, NOW + 359_999), { receives: 3, nextReceive: NOW + 359_999 });
  assert.deepEqual(aloneUntil(message, NOW, NOW + 600_000), { receives: 3, nextReceive: NOW + 360_000 });
});
