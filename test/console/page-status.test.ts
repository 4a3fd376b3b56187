import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TriggerStatus } from '../../functions/console/api/trigger-routes.ts';
import { statusText } from '../../functions/console/page/triggers/status.ts';

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
  pausedBy: null,
  waiting: 0,
  waitingForRetry: 0,
  behind: 0,
  inBacklog: 0,
  headers: [],
};

const states: readonly [string, Partial<TriggerStatus>, word: string, details: string][] = [
  ['without failures', {}, 'Working', ''],
  ['without a URL', { url: null, state: 'paused' }, 'No URL', 'No calls are made.'],
  [
    'with failures',
    { consecutiveFailures: 3, failingSince: 5, waiting: 6, waitingForRetry: 1, behind: 5 },
    'Failing',
    '6 pending (1 waiting for retry, 5 more of its record behind it), since #5, 3 consecutive failures',
  ],
  [
    'that is parked',
    { state: 'parked', parkedBecause: 'HTTP 503', failingSince: 5, consecutiveFailures: 10, waiting: 7, inBacklog: 7 },
    'Parked',
    '7 pending, HTTP 503, since #5',
  ],
  [
    'that is paused',
    { state: 'paused', pausedBy: 'admin', waiting: 1, inBacklog: 1 },
    'Paused',
    '1 pending, new notifications wait',
  ],
  ['that responded 410', { state: 'paused', pausedBy: 'gone' }, 'Paused', 'the receiver responded with 410 Gone'],
  [
    'that is throttled',
    { state: 'parked', isThrottled: true, parkedBecause: 'HTTP 429' },
    'Throttled',
    'HTTP 429, the receiver asks for fewer calls',
  ],
  ['that drains', { state: 'finishing' }, 'Draining', 'pending notifications are being delivered'],
];

for (const [title, fields, word, details] of states)
  test(`shows a trigger ${title} as ${word}`, () => {
    const shown = statusText({ ...working, ...fields }, (at) => `#${at}`);
    assert.deepEqual([shown.word, shown.details], [word, details]);
  });
