import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIMENSION, type Metric, metrics } from '../../functions/core/metrics.ts';

const names = Object.keys(metrics) as Metric[];

test('only metrics of problems have the trigger as their dimension', () => {
  const problems = names.filter((name) => metrics[name].per === 'trigger').sort();
  assert.deepEqual(problems, ['backlog', 'blocked', 'down', 'failed', 'held', 'oldest', 'parked']);
});

test('names need no quotes in CloudWatch and its queries', () => {
  for (const name of [DIMENSION, ...names]) assert.match(name, /^[a-z]+$/);
});
