import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../functions/core/outcome.ts';
import { type Verdict, verdictOf } from '../../functions/core/verdict.ts';
import { HOUR } from '../support/time.ts';

const NOW = 1_760_000_000_000;
const retryDelays = [5, 30, 120, 600];

interface Case {
  readonly from?: 'queue' | 'backlog';
  readonly kind?: Outcome['kind'];
  readonly retryAfter?: string;
  readonly hours?: number;
  readonly attempts?: number;
  /** The latest success came after the first attempt. */
  readonly healthy?: boolean;
  readonly redelivered?: boolean;
  readonly slow?: boolean;
  readonly cut?: boolean;
  readonly test?: boolean;
  readonly retryDelays?: readonly number[];
}

function verdict({ from = 'queue', kind = 'failed', hours = 0, attempts = 1, ...rest }: Case): Verdict {
  const changedAt = NOW - hours * HOUR;
  const notification = {
    changedAt,
    ...(rest.redelivered && { redelivered: changedAt }),
    ...(rest.test && { test: true as const }),
  };
  const outcome = { kind, response: 'words', ...(rest.retryAfter && { retryAfter: rest.retryAfter }) };
  const firstAttempt = NOW - 1_000;
  const tally = { attempts, firstAttempt, lastSuccess: rest.healthy ? NOW : 0 };
  const attempt = { outcome, slow: rest.slow ?? false, isCut: rest.cut ?? false, endedAt: NOW, from };
  return verdictOf(notification, attempt, tally, { retryDelays: rest.retryDelays ?? retryDelays, random: 0.5 });
}

const done = { notification: 'done', seconds: 0, isFailure: false };
const fail = { notification: 'fail', seconds: 0 };
const retry = (seconds: number) => ({ notification: 'retry', seconds });
const keep = (seconds: number) => ({ notification: 'keep', seconds });
const fails = { isFailure: true };
const counts = { isFailure: false };
const throttled = { trigger: 'park', isUncounted: true, ...counts };

/** The same verdict for the queue and for the backlog. */
const same: readonly (readonly [string, Case, object])[] = [
  ['a success', { kind: 'delivered' }, done],
  ['a success of a redelivered notification', { kind: 'delivered', redelivered: true }, done],
  ['a slow success of a redelivered notification', { kind: 'delivered', slow: true, redelivered: true }, done],
  ['a first failure', {}, { ...retry(5), ...fails }],
  ['a third failure', { attempts: 3 }, { ...retry(120), ...fails }],
  ['a slow failure', { slow: true }, { ...retry(5), ...fails }],
  ['a failure of a redelivered notification', { redelivered: true }, { ...retry(5), ...counts }],
  ['a longer Retry-After', { retryAfter: '40' }, { ...retry(40), ...fails }],
  ['a shorter Retry-After', { retryAfter: '2', attempts: 2 }, { ...retry(30), ...fails }],
  ['the last failure while the receiver accepts others', { attempts: 5, healthy: true }, { ...fail, ...fails }],
  ['the last failure of a redelivered notification', { attempts: 5, redelivered: true }, { ...fail, ...counts }],
  ['the only failure without retry delays', { retryDelays: [], healthy: true }, { ...fail, ...fails }],
  ['a throttled response after 73 hours', { kind: 'throttled', hours: 73 }, { ...fail, ...throttled }],
  ['a failure after 73 hours', { hours: 73 }, { ...fail, ...fails }],
  ['a failure after 71 hours', { hours: 71 }, { ...retry(5), ...fails }],
  ['a failure 73 hours after a redelivery', { hours: 73, redelivered: true }, { ...fail, ...counts }],
  ['410 after 73 hours', { kind: 'gone', hours: 73 }, { ...fail, trigger: 'pause', ...counts }],
  ['a blocked URL after 73 hours', { kind: 'blocked', hours: 73 }, { ...fail, trigger: 'park', ...counts }],
  ['an aborted last attempt after 73 hours', { cut: true, attempts: 5, hours: 73 }, { ...fail, ...counts }],
  ['a success that was aborted too late', { kind: 'delivered', cut: true }, done],
  ['a test that fails', { test: true }, done],
  ['a test with the response 410', { test: true, kind: 'gone' }, done],
  ['a test of a blocked URL', { test: true, kind: 'blocked' }, done],
  ['a test that is slow', { test: true, kind: 'delivered', slow: true }, done],
  ['an old test that fails', { test: true, hours: 80, attempts: 5 }, done],
];

for (const from of ['queue', 'backlog'] as const)
  for (const [title, input, expected] of same)
    test(`${title}, from the ${from}`, () => assert.deepEqual(verdict({ ...input, from }), expected));

const different: readonly (readonly [string, Case, object])[] = [
  ['an aborted first attempt', { cut: true }, { ...keep(0), ...counts }],
  ['an aborted last attempt', { cut: true, attempts: 5, healthy: true }, { ...keep(0), ...counts }],
  ['a slow success from the queue', { kind: 'delivered', slow: true }, { ...done, ...fails }],
  ['a slow success from the backlog', { kind: 'delivered', slow: true, from: 'backlog' }, done],
  ['410 from the queue', { kind: 'gone' }, { ...keep(0), trigger: 'pause', ...counts }],
  ['410 from the backlog', { kind: 'gone', from: 'backlog' }, { ...keep(5), trigger: 'pause', ...counts }],
  [
    '410 at the last attempt from the backlog',
    { kind: 'gone', attempts: 5, healthy: true, from: 'backlog' },
    { ...keep(600), trigger: 'pause', ...counts },
  ],
  ['a throttled response from the queue', { kind: 'throttled', retryAfter: '40' }, { ...keep(0), ...throttled }],
  [
    'a throttled fifth attempt from the queue',
    { kind: 'throttled', attempts: 5, healthy: true },
    { ...keep(0), ...throttled },
  ],
  ['a throttled response from the backlog', { kind: 'throttled', from: 'backlog' }, { ...keep(1), ...throttled }],
  [
    'a throttled fifth attempt from the backlog, with Retry-After',
    { kind: 'throttled', attempts: 5, retryAfter: '40', from: 'backlog' },
    { ...keep(40), ...throttled },
  ],
  ['a blocked URL from the queue', { kind: 'blocked' }, { ...keep(0), trigger: 'park', ...counts }],
  [
    'a blocked URL from the backlog',
    { kind: 'blocked', attempts: 2, from: 'backlog' },
    { ...keep(30), trigger: 'park', ...counts },
  ],
  [
    'a blocked URL for a redelivered notification',
    { kind: 'blocked', redelivered: true },
    { ...keep(0), trigger: 'park', ...counts },
  ],
  [
    'the last failure at a receiver that is down, from the queue',
    { attempts: 5 },
    { ...keep(0), trigger: 'park', ...fails },
  ],
  [
    'the last failure at a receiver that is down, from the backlog',
    { attempts: 5, from: 'backlog' },
    { ...keep(600), trigger: 'park', ...fails },
  ],
  [
    'the only failure without retry delays at a receiver that is down',
    { retryDelays: [], from: 'backlog' },
    { ...keep(0), trigger: 'park', ...fails },
  ],
];

for (const [title, input, expected] of different) test(title, () => assert.deepEqual(verdict(input), expected));

test('a success at the time of the first attempt counts as a later success', () => {
  const notification = { changedAt: NOW };
  const attempt = { outcome: { kind: 'failed', response: '' }, slow: false, endedAt: NOW, from: 'queue' } as const;
  const tally = { attempts: 5, firstAttempt: NOW, lastSuccess: NOW };
  assert.equal(verdictOf(notification, attempt, tally, { retryDelays, random: 0.5 }).notification, 'fail');
});
