import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../functions/core/outcome.ts';

for (const status of [200, 201, 202, 204, 226, 299])
  test(`${status} is delivered`, () => {
    assert.deepEqual(outcomeOf({ status, body: '' }), { kind: 'delivered', response: `HTTP ${status}` });
  });

for (const status of [300, 301, 302, 304, 307, 308])
  test(`${status}, a redirect, has failed and is not followed`, () => {
    assert.deepEqual(outcomeOf({ status, body: '' }), {
      kind: 'failed',
      response: `HTTP ${status} (redirects are not followed)`,
    });
  });

for (const status of [400, 401, 404, 500, 503, 599])
  test(`${status} has failed`, () => {
    assert.deepEqual(outcomeOf({ status, body: 'x' }), { kind: 'failed', response: `HTTP ${status}` });
  });

test('410 has the outcome gone', () => {
  assert.deepEqual(outcomeOf({ status: 410, body: '' }), { kind: 'gone', response: 'HTTP 410' });
});

test('a failed outcome contains Retry-After', () => {
  assert.partialDeepStrictEqual(outcomeOf({ status: 500, retryAfter: '7', body: '' }), {
    kind: 'failed',
    retryAfter: '7',
  });
});

test('a call that the settings do not allow is blocked, with the reason', () => {
  assert.deepEqual(outcomeOf({ blocked: 'is not a URL' }), { kind: 'blocked', response: 'is not a URL' });
});

test('a call without a response has failed, with the reason', () => {
  assert.deepEqual(outcomeOf({ failure: 'connection refused' }), { kind: 'failed', response: 'connection refused' });
});

test('an outcome that is not retried does not contain Retry-After', () => {
  for (const status of [200, 410])
    assert.equal('retryAfter' in outcomeOf({ status, retryAfter: '7', body: '' }), false, `${status}`);
});

test('429 is throttled, and so are 503 and 529 with Retry-After', () => {
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
