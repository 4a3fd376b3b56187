import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByHour, totals } from '../../functions/console/page/triggers/hourly-counts.ts';

test('counts the attempts of the last 24 hours per trigger and hour', () => {
  const hour = 60 * 60_000;
  const now = 100 * hour;
  const attempt = (
    hoursAgo: number,
    outcome: 'delivered' | 'failed',
    trigger: 'task.edit' | 'case.edit' = 'task.edit',
  ) => ({
    at: now - hoursAgo * hour,
    trigger,
    outcome,
    response: `after ${hoursAgo}`,
  });
  const entries = [0.5, 0.6, 23.9, 24, 30].map((ago) => attempt(ago, 'delivered'));
  const days = countByHour([attempt(0.4, 'failed'), attempt(1, 'failed', 'case.edit'), ...entries], now);
  assert.deepEqual([...days.keys()].sort(), ['case.edit', 'task.edit']);
  assert.equal(days.get('case.edit')?.others[22], 1);
  const day = days.get('task.edit');
  assert.deepEqual([day?.delivered[23], day?.delivered[0], day?.others[23]], [2, 1, 1]);
  assert.equal(
    day?.delivered.reduce((a, b) => a + b),
    3,
  );
  assert.equal(day?.latest.response, 'after 0.4');
});

test('the rate of delivered attempts is rounded down, so that 100 % means all', () => {
  const day = (delivered: number, others: number) => {
    const latest = { at: 0, trigger: 'task.edit', outcome: 'delivered', response: 'HTTP 200' } as const;
    return totals({ delivered: [delivered], others: [others], latest });
  };
  assert.deepEqual(day(3, 0), { delivered: 3, others: 0, percent: '100 %' });
  assert.equal(day(9_999, 1).percent, '99.9 %');
  assert.equal(day(0, 2).percent, '0 %');
});
