import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { triggers } from '../../functions/core/entity.ts';
import { DIMENSION, Measured, type Metric, metrics } from '../../functions/core/metrics.ts';

const AT = 1_795_416_101_000;
const names = Object.keys(metrics) as Metric[];
const take = (measured: Measured) => measured.take('CrmTriggers', AT).map((line) => JSON.parse(line));

const compared: Record<string, { dimension?: 'case.edit'; values: [Metric, number[]][] }> = {
  'of what goes well': {
    values: [
      ['delivered', [1]],
      ['attempt', [35, 36.5, 1_200]],
    ],
  },
  'of what is wrong with a trigger': {
    dimension: 'case.edit',
    values: [
      ['held', [2]],
      ['oldest', [61, 62]],
    ],
  },
};

for (const [what, { dimension, values }] of Object.entries(compared))
  test(`a line ${what} is what Powertools writes for the same`, () => {
    const measured = new Measured();
    const theirs = new Metrics({ namespace: 'CrmTriggers', singleMetric: false });
    const printed: string[] = [];
    mock.method(Reflect.get(theirs, 'console'), 'log', (line: string) => void printed.push(line));
    mock.timers.enable({ apis: ['Date'], now: AT });
    theirs.clearDefaultDimensions();
    if (dimension) theirs.addDimension('trigger', dimension);
    for (const [metric, list] of values)
      for (const value of list) {
        measured.add(metric, 'case.edit', value);
        theirs.addMetric(metric, MetricUnit[metrics[metric].unit], value);
      }
    theirs.publishStoredMetrics();
    mock.timers.reset();
    const [{ service: _, ...line }] = printed.map((one) => JSON.parse(one));
    // Without a dimension theirs has no set of them; the format's schema asks for one, which may be empty.
    for (const directive of line._aws.CloudWatchMetrics)
      directive.Dimensions = dimension
        ? directive.Dimensions.map((set: string[]) => set.filter((name) => name !== 'service'))
        : [[]];
    assert.deepEqual(take(measured), [line]);
  });

test('writes one line over all eleven triggers while all goes well, with four metrics', () => {
  const measured = new Measured();
  for (const trigger of triggers)
    for (const metric of ['captured', 'delivered', 'attempt', 'delay'] as const) measured.add(metric, trigger, 2);
  const [{ _aws, ...values }, ...more] = take(measured);
  assert.deepEqual(more, []);
  assert.deepEqual(_aws.CloudWatchMetrics[0].Dimensions, [[]]);
  const each = triggers.map(() => 2);
  assert.deepEqual(values, { captured: 22, delivered: 22, attempt: each, delay: each });
});

test('what is wrong keeps the trigger as its dimension, and what goes well has none', () => {
  const wrong = names.filter((name) => metrics[name].per === 'trigger').sort();
  assert.deepEqual(wrong, ['backlog', 'blocked', 'down', 'failed', 'held', 'oldest', 'parked']);
});

test('each trigger in trouble has a line of its own; counts are summed, and times are written value by value', () => {
  const measured = new Measured();
  for (const trigger of triggers)
    for (let n = 1; n <= 10; n++) {
      measured.add('held', trigger);
      measured.add('oldest', trigger, n);
    }
  const lines = take(measured);
  assert.deepEqual(
    lines.map((line) => line[DIMENSION]),
    triggers,
  );
  for (const { held, oldest } of lines) assert.deepEqual([held, oldest], [10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
  assert.deepEqual(take(measured), [], 'taken once');
});

test('no line holds more than CloudWatch takes: 100 values of a metric; and none is lost', () => {
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

test('a batch of ten is measured in less than a tenth of a millisecond, its line being under 600 bytes', (t) => {
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
    const begun = process.hrtime.bigint();
    batch();
    return Number(process.hrtime.bigint() - begun) / 1_000;
  }).sort((a, b) => a - b);
  const median = times[1_000] ?? Number.NaN;
  const [line = '', ...more] = batch();
  assert.deepEqual(more, []);
  assert.ok(line.length < 600, line);
  assert.ok(median < 100, `${median} µs`);
  t.diagnostic(`${median.toFixed(1)} µs and ${line.length} bytes a batch of ten`);
});

test('names are those that CloudWatch and its queries take without quotes', () => {
  for (const name of [DIMENSION, ...names]) assert.match(name, /^[a-z]+$/);
});
