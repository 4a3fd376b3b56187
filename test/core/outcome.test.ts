import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../functions/core/outcome.ts';

for (const status of [200, 201, 202, 204, 226, 299])
  test(`${status} is delivered`, () => {
    assert.deepEqual(outcomeOf({ status, body: '' }), { kind: 'delivered', response: `HTTP ${status}` });
  });

for (const status of [300, 301, 302, 304, 307, 308])
  test(`${status}, a redirect, is no success and is not followed`, () => {
    assert.deepEqual(outcomeOf({ status, body: '' }), {
      kind: 'failed',
      response: `HTTP ${status} (redirects are not followed)`,
    });
  });

for (const status of [400, 401, 404, 500, 503, 599])
  test(`${status} is tried again`, () => {
    assert.deepEqual(outcomeOf({ status, body: 'x' }), { kind: 'failed', response: `HTTP ${status}` });
  });

test('410 says that the receiver is gone', () => {
  assert.deepEqual(outcomeOf({ status: 410, body: '' }), { kind: 'gone', response: 'HTTP 410' });
});

test('Retry-After is handed on with what is tried again', () => {
  assert.partialDeepStrictEqual(outcomeOf({ status: 500, retryAfter: '7', body: '' }), {
    kind: 'failed',
    retryAfter: '7',
  });
});

test('what may not be called is blocked, with the reason in words', () => {
  assert.deepEqual(outcomeOf({ blocked: 'is not a URL' }), { kind: 'blocked', response: 'is not a URL' });
});

test('no response is tried again, with the failure in words', () => {
  assert.deepEqual(outcomeOf({ failure: 'connection refused' }), { kind: 'failed', response: 'connection refused' });
});

test('Retry-After of a response that is not tried again is dropped', () => {
  for (const status of [200, 410])
    assert.equal('retryAfter' in outcomeOf({ status, retryAfter: '7', body: '' }), false, `${status}`);
});

test('a receiver throttles with 429, and with 503 or 529 if it says when to try again', () => {
  for (const [status, retryAfter, kind] of [
    [429, undefined, 'throttled'],
    [429, '7', 'throttled'],
    [503, '7', 'throttled'],
    [529, '7', 'throttled'],
    [503, undefined, 'failed'],
    [529, undefined, 'failed'],
    [500, '7', 'failed'],
  ] as const) {
    const outcome = outcomeOf({ status, ...(retryAfter && { retryAfter }), body: '' });
    assert.deepEqual(outcome, { kind, response: `HTTP ${status}`, ...(retryAfter && { retryAfter }) });
  }
});
