import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TriggerStatus } from '../../functions/console/api/trigger-routes.ts';
import { peakOf, statusText } from '../../functions/console/page/triggers/status.ts';

const working: TriggerStatus = {
  trigger: 'task.edit',
  url: 'https://example.com/',
  changedAt: null,
  version: 1,
  state: 'active',
  consecutiveFailures: 0,
  failingSince: null,
  parkedBecause: null,
  isThrottled: false,
  throttledRate: null,
  pausedBy: null,
  nextTryAt: null,
  keptUntil: null,
  waiting: 0,
  waitingForRetry: 0,
  behind: 0,
  inBacklog: 0,
  headers: [],
  maxPerSecond: null,
  coalesce: false,
  oauth: null,
  certificate: null,
};

const formats = {
  time: (at: number) => (Math.abs(at - Date.now()) < 5_000 ? '#NOW' : `#${at}`),
  relative: () => 'in 12s',
};

const states: readonly [string, Partial<TriggerStatus>, word: string, isProblem: boolean, details: string][] = [
  ['without failures', {}, 'Healthy', false, ''],
  [
    'with a certificate that expires soon',
    { certificate: { subject: 'CN=us', issuer: 'CN=them', expiresAt: Date.now() + 86_400_000 } },
    'Certificate expires',
    true,
    'client certificate expires in 12s',
  ],
  ['without a URL', { url: null, state: 'paused' }, 'No URL', false, ''],
  [
    'with failures',
    { consecutiveFailures: 3, failingSince: 5, waiting: 6, waitingForRetry: 1, behind: 5 },
    'Failing',
    true,
    '3 in a row, 6 pending, since #5',
  ],
  [
    'that is parked',
    { state: 'parked', parkedBecause: 'HTTP 503', consecutiveFailures: 10, waiting: 7, nextTryAt: 1, keptUntil: 9 },
    'Parked',
    true,
    'next try in 12s, 7 pending, kept until #9, HTTP 503',
  ],
  ['that is paused', { state: 'paused', pausedBy: 'admin', waiting: 1 }, 'Paused', true, 'by an admin, 1 pending'],
  ['that responded 410', { state: 'paused', pausedBy: 'gone' }, 'Paused', true, 'the receiver responded with 410 Gone'],
  [
    'that is throttled',
    { state: 'parked', isThrottled: true, parkedBecause: 'HTTP 429', nextTryAt: 1 },
    'Throttled',
    true,
    'by the receiver, 0 pending, next at #NOW, HTTP 429',
  ],
  [
    'that is throttled and whose rate is known',
    { state: 'parked', isThrottled: true, throttledRate: 0.8192, waiting: 12, inBacklog: 12, nextTryAt: 4e15 },
    'Throttled',
    true,
    'by the receiver, about 0.82/s, 12 pending, next at #4000000000000000',
  ],
  [
    'that is throttled and drains',
    { state: 'draining', isThrottled: true, throttledRate: 12.34, waiting: 12, inBacklog: 12, maxPerSecond: 50 },
    'Throttled',
    true,
    'by the receiver, about 12/s, 12 pending',
  ],
  [
    'that its own limit holds back',
    { state: 'draining', maxPerSecond: 5, waiting: 40, inBacklog: 40 },
    'At its limit',
    false,
    'of 5/s, 40 pending',
  ],
  [
    'with a limit that holds nothing back',
    { state: 'active', maxPerSecond: 5, waiting: 1, waitingForRetry: 1 },
    'Healthy',
    false,
    '1 pending',
  ],
  [
    'with a limit that is parked',
    { state: 'parked', maxPerSecond: 5, inBacklog: 7, waiting: 7 },
    'Parked',
    true,
    '7 pending',
  ],
  ['that drains', { state: 'finishing', waiting: 4 }, 'Draining', false, '4 left'],
];

for (const [title, fields, word, isProblem, details] of states)
  test(`shows a trigger ${title} as ${word}`, () => {
    const shown = statusText({ ...working, ...fields }, formats, { isCalled: undefined, peak: 0 });
    assert.deepEqual([shown.word, shown.isProblem, shown.details.join(', ')], [word, isProblem, details]);
  });

test('shows a trigger without a call as not called yet and one whose latest call failed as failing, not as healthy', () => {
  const words = [false, true, undefined].map((isCalled) => statusText(working, formats, { isCalled, peak: 0 }).word);
  assert.deepEqual(words, ['Not called yet', 'Healthy', 'Healthy']);
  const failing = { ...working, consecutiveFailures: 1 };
  const afterFailure = statusText(working, formats, { isCalled: true, failed: 'HTTP 404', peak: 0 });
  assert.deepEqual([afterFailure.word, ...afterFailure.details], ['Failing', 'latest call: HTTP 404']);
  assert.equal(statusText(failing, formats, { isCalled: false, peak: 0 }).word, 'Failing', 'a failure counts more');
});

test('shows how far a backlog is drained, from the largest number that the page saw', () => {
  const details = (fields: Partial<TriggerStatus>) => {
    const status = { ...working, ...fields };
    return statusText(status, formats, { isCalled: true, peak: peakOf(status) }).details.join(', ');
  };
  details({ state: 'parked', waiting: 400 });
  assert.equal(details({ state: 'draining', waiting: 277 }), '123 of 400');
  details({});
  assert.equal(details({ state: 'draining', waiting: 5 }), '5 left', 'an earlier outage does not count');
});
