import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextAttempt } from '../../functions/console/page/log/next-attempt.ts';
import { formatFull } from '../../functions/console/page/shared/format.ts';

const NOW = 1_795_416_200_000;
const later = NOW + 60_000;
const last = {
  at: NOW,
  trigger: 'task.edit',
  id: 'msg_1',
  formattedString: '?AccountID=a',
  attempt: 2,
  outcome: 'failed',
  response: 'HTTP 503',
  milliseconds: 1,
} as const;
const active = { state: 'active', nextTryAt: null } as const;
const known = { last, status: active, failed: undefined, pending: null };
const queue = { place: 'queue', attempts: 2, nextTryAt: later } as const;
const backlog = { ...queue, place: 'backlog' } as const;

test('says exactly when a pending notification is attempted next', () => {
  const time = formatFull(later);
  const text = (more: object) => nextAttempt({ ...known, ...more }, NOW);
  assert.equal(text({ pending: queue }), `At ${time}. It waits in the queue for attempt 3.`);
  assert.match(text({ pending: { ...queue, nextTryAt: NOW } }), /^At this moment\./);
  const parked = { state: 'parked', nextTryAt: later };
  assert.match(text({ pending: backlog, status: parked }), new RegExp(`^After the trigger's next try at ${time}\\.`));
  assert.match(
    text({ pending: backlog, status: { state: 'paused', nextTryAt: null } }),
    /^After the trigger resumes\./,
  );
  assert.match(
    text({ pending: backlog, status: { state: 'draining', nextTryAt: null } }),
    new RegExp(`^At ${time} or`),
  );
  assert.match(text({ pending: { ...backlog, nextTryAt: 0 } }), /^Now, in its order\./);
});

test('says that there is no next attempt, or that it is not known', () => {
  assert.match(nextAttempt({ ...known, last: { ...last, outcome: 'delivered' } }, NOW), /^None\. It was delivered/);
  assert.match(nextAttempt({ ...known, failed: { failedAt: NOW, reason: 'HTTP 404' } }, NOW), /^None\..+HTTP 404\.$/);
  assert.match(nextAttempt(known, NOW), /^It is pending/);
});
