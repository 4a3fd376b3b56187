import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { triggers } from '../../functions/core/entity.ts';
import { Measured } from '../../functions/core/measured.ts';
import { DIMENSION, type Metric, metrics } from '../../functions/core/metrics.ts';

const AT = 1_795_416_101_000;
const take = (measured: Measured) => measured.take('CrmTriggers', AT).map((line) => JSON.parse(line));

const compared: Record<string, { dimension?: 'case.edit'; values: [Metric, number[]][] }> = {
  'for all triggers': {
    values: [
      ['delivered', [1]],
      ['attempt', [35, 36.5, 1_200]],
    ],
  },
  'for one trigger': {
    dimension: 'case.edit',
    values: [
      ['parked', [2]],
      ['oldest', [61, 62]],
    ],
  },
};

for (const [title, { dimension, values }] of Object.entries(compared))
  test(`writes the same line as Powertools, ${title}`, () => {
    const measured = new Measured();
    const powertools = new Metrics({ namespace: 'CrmTriggers', singleMetric: false });
    const printed: string[] = [];
    mock.method(Reflect.get(powertools, 'console'), 'log', (line: string) => void printed.push(line));
    mock.timers.enable({ apis: ['Date'], now: AT });
    powertools.clearDefaultDimensions();
    if (dimension) powertools.addDimension('trigger', dimension);
    for (const [metric, list] of values)
      for (const value of list) {
        measured.add(metric, 'case.edit', value);
        powertools.addMetric(metric, MetricUnit[metrics[metric].unit], value);
      }
    powertools.publishStoredMetrics();
    mock.timers.reset();
    const [{ service: _, ...line }] = printed.map((text) => JSON.parse(text));
    // Without a dimension Powertools writes no set of dimensions. The format requires a set, which can be empty.
    for (const directive of line._aws.CloudWatchMetrics)
      directive.Dimensions = dimension
        ? directive.Dimensions.map((set: string[]) => set.filter((name) => name !== 'service'))
        : [[]];
    assert.deepEqual(take(measured), [line]);
  });

test('writes one line for all eleven triggers without problems, with four metrics', () => {
  const measured = new Measured();
  for (const trigger of triggers)
    for (const metric of ['captured', 'delivered', 'attempt', 'delay'] as const) measured.add(metric, trigger, 2);
  const [{ _aws, ...values }, ...more] = take(measured);
  assert.deepEqual(more, []);
  assert.deepEqual(_aws.CloudWatchMetrics[0].Dimensions, [[]]);
  const each = triggers.map(() => 2);
  assert.deepEqual(values, { captured: 22, delivered: 22, attempt: each, delay: each });
});

test('writes one line for each trigger with problems, with the sum of counts and each value of times', () => {
  const measured = new Measured();
  for (const trigger of triggers)
    for (let n = 1; n <= 10; n++) {
      measured.add('parked', trigger);
      measured.add('oldest', trigger, n);
    }
  const lines = take(measured);
  assert.deepEqual(
    lines.map((line) => line[DIMENSION]),
    triggers,
  );
  for (const { parked, oldest } of lines) assert.deepEqual([parked, oldest], [10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
  assert.deepEqual(take(measured), [], 'the values were removed');
});

test('writes at most 100 values of a metric in a line, and loses none', () => {
  const measured = new Measured();
  for (let n = 0; n < 1_234; n++) measured.add('attempt', 'task.edit', n);
  measured.add('drained', 'task.edit', 1_234);
  const lines = take(measured);
  for (const { attempt } of lines) assert.ok([attempt].flat().length <= 100);
  assert.deepEqual(
    lines.flatMap(({ attempt }) => attempt),
    Array.from({ length: 1_234 }, (_, n) => n),
  );
  assert.deepEqual(
    lines.flatMap(({ drained }) => drained ?? []),
    [1_234],
  );
});

test('measures a batch of ten in less than 0.1 ms, in a line under 600 bytes', (t) => {
  const batch = () => {
    const measured = new Measured();
    for (let n = 0; n < 10; n++) {
      measured.add('delivered', 'customer.edit');
      measured.add('attempt', 'customer.edit', 30 + n);
      measured.add('delay', 'customer.edit', 800 + n);
    }
    return measured.take('CrmTriggers', AT);
  };
  for (let n = 0; n < 2_000; n++) batch();
  const times = Array.from({ length: 2_000 }, () => {
    const start = process.hrtime.bigint();
    batch();
    return Number(process.hrtime.bigint() - start) / 1_000;
  }).sort((a, b) => a - b);
  const median = times[1_000] ?? Number.NaN;
  const [line = '', ...more] = batch();
  assert.deepEqual(more, []);
  assert.ok(line.length < 600, line);
  assert.ok(median < 100, `${median} µs`);
  t.diagnostic(`${median.toFixed(1)} µs and ${line.length} bytes a batch of ten`);
});
