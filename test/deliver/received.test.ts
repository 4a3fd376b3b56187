import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSharedMessage, mayHaveHistory, receivesOf } from '../../functions/deliver/received.ts';
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
