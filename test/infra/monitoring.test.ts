import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { DIMENSION, type Metric, metrics } from '../../functions/core/metrics.ts';
import { alarms, runbookLink } from '../../infra/alarms.ts';
import { all, main, only, type Properties, plain, synth } from '../support/template.ts';

const EMAIL = { main: { alarms: { email: 'on-call@example.com' } } };
const withEmail = synth(undefined, EMAIL);
const runbook = readFileSync(new URL('../../docs/operations/alarms.md', import.meta.url), 'utf8');
const alarmResources = all('AWS::CloudWatch::Alarm');

/** The metrics that AWS publishes by default, free of charge. */
const ofAws = new Set([
  'AWS/Lambda IteratorAge',
  'AWS/Lambda Errors',
  'AWS/Lambda Throttles',
  'AWS/Lambda Invocations',
  'AWS/Lambda ConcurrentExecutions',
  'AWS/SQS ApproximateAgeOfOldestMessage',
  'AWS/SQS ApproximateNumberOfMessagesVisible',
  'AWS/S3 NumberOfObjects',
]);

function isEmitted(metric: string | undefined): metric is Metric {
  return metric !== undefined && Object.hasOwn(metrics, metric);
}

test('every alarm has a description with a link to its heading in the runbook', () => {
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => runbookLink(heading));
  for (const heading of Object.keys(alarms)) assert.ok(headings.includes(runbookLink(heading)), heading);
  for (const [id, { AlarmDescription }] of alarmResources) {
    const [, sentence = '', link = ''] = AlarmDescription.match(/^(.+\.) What to do: (\S+)$/) ?? assert.fail(id);
    assert.ok(sentence.length > 40 && sentence.length < 400, id);
    assert.ok(headings.includes(link), `${id}: ${link}`);
  }
});

test('every command and option in the runbook exists', () => {
  const named = [...runbook.matchAll(/(?:^|`)crm ([a-z-]+)((?: [^`#\n]+)?)/gm)];
  assert.ok(named.length > 10);
  for (const [mention, name = '', rest = ''] of named) {
    const command = commands[name] ?? assert.fail(mention);
    for (const [, option] of rest.matchAll(/--([a-z-]+)/g))
      assert.ok(command.options?.includes(option as never), mention);
  }
});

test('every alarm in the runbook exists', () => {
  const reported = new Set(alarmResources.map(([, { AlarmDescription }]) => AlarmDescription.split('#')[1]));
  assert.equal(reported.size, Object.keys(alarms).length);
});

test('missing values raise an alarm only for drain, and not before its first run', () => {
  for (const [id, { TreatMissingData }] of alarmResources)
    assert.equal(TreatMissingData, /DrainStopped/.test(id) ? 'missing' : 'notBreaching', id);
  // A new alarm starts in INSUFFICIENT_DATA. With "breaching", missing values would set it off at once.
  for (const [id, p] of all('AWS::CloudWatch::Alarm', withEmail))
    assert.deepEqual(p.InsufficientDataActions, /DrainStopped/.test(id) ? p.AlarmActions : undefined, id);
});

test('every alarm notifies the topic of the settings when it goes off, and has no action without the setting', () => {
  const arn = 'arn:aws:sns:eu-west-1:111122223333:ours';
  const [topic] = only(all('AWS::SNS::Topic', withEmail));
  const cases: [unknown, ReturnType<typeof synth>][] = [
    [undefined, main],
    [[{ Ref: topic }], withEmail],
    [[arn], synth(undefined, { main: { alarms: { topicArn: arn } } })],
  ];
  for (const [actions, template] of cases)
    for (const [id, p] of all('AWS::CloudWatch::Alarm', template)) {
      assert.deepEqual(p.AlarmActions, actions, id);
      assert.equal(p.OKActions, undefined, id);
    }
});

test('notifies of each trigger separately, and at most once an hour', () => {
  const queries = alarmResources.filter(([, { Metrics }]) => Metrics);
  assert.equal(queries.length, 2);
  for (const [id, { Metrics, EvaluationPeriods }] of queries) {
    const { Expression, Period } = only<Properties>(Metrics);
    assert.match(Expression, / GROUP BY "trigger" ORDER BY (MAX|SUM)\(\) DESC$/, id);
    assert.ok(Period * EvaluationPeriods >= 3_600, id);
    assert.ok(Period * EvaluationPeriods <= 10_800, 'a query covers at most three hours');
  }
});

test('every metric of an alarm is written by a function with this dimension, or is a listed AWS metric', () => {
  for (const [id, { MetricName, Namespace, Metrics }] of alarmResources)
    if (MetricName) assert.ok(ofAws.has(`${Namespace} ${MetricName}`), id);
    else {
      const pattern =
        /^SELECT (SUM|MAX)\("(\w+)"\) FROM SCHEMA\("(\w+)", "(\w+)"\) GROUP BY "\4" ORDER BY \1\(\) DESC$/;
      const [, , metric, namespace, dimension] = only<Properties>(Metrics).Expression.match(pattern) ?? assert.fail(id);
      assert.ok(isEmitted(metric), `${id}: ${metric}`);
      assert.equal(metrics[metric].per, 'trigger', id);
      assert.deepEqual([namespace, dimension], [namespaceOfFunctions(), DIMENSION], id);
    }
});

test('every metric of the dashboard is written by a function, or is a listed AWS metric', () => {
  const [, { DashboardBody }] = only(all('AWS::CloudWatch::Dashboard'));
  const body = DashboardBody['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'X')).join('');
  const found = { over: 0, own: 0, aws: 0 };
  for (const { properties } of JSON.parse(body).widgets)
    for (const [first, second, third] of properties.metrics ?? []) {
      if (first === namespaceOfFunctions()) {
        assert.ok(isEmitted(second), second);
        assert.equal(metrics[second].per, 'all', second);
        assert.equal(typeof third, 'object', `${second} has no dimension`);
        found.over++;
        continue;
      }
      if (typeof first === 'string') {
        assert.ok(ofAws.has(`${first} ${second}`), `${first} ${second}`);
        found.aws++;
        continue;
      }
      const pattern = /^SEARCH\('\{"(\w+)",(\w+)\} MetricName="(\w+)"', '(Sum|Maximum|p95)', 300\)$/;
      const [, namespace, dimension, metric] = first.expression.match(pattern) ?? assert.fail(first.expression);
      assert.deepEqual([namespace, dimension], [namespaceOfFunctions(), DIMENSION]);
      assert.ok(isEmitted(metric), metric);
      assert.equal(metrics[metric].per, 'trigger', metric);
      found.own++;
    }
  assert.ok(found.over === 5 && found.own === 4 && found.aws > 5, JSON.stringify(found));
});

test('every function has alarms for errors and throttling', () => {
  const functions = all('AWS::Lambda::Function')
    .map(([id]) => id)
    .sort();
  for (const metric of ['Errors', 'Throttles'])
    assert.deepEqual(
      alarmResources
        .filter(([, p]) => p.MetricName === metric)
        .map(([, p]) => only<Properties>(p.Dimensions).Value.Ref)
        .sort(),
      functions,
    );
});

test('*Queue behind* goes off when a notification is older than all retry delays together', () => {
  const threshold = (template = main) =>
    all('AWS::CloudWatch::Alarm', template).find(([, p]) => p.MetricName === 'ApproximateAgeOfOldestMessage')?.[1]
      .Threshold;
  assert.equal(threshold(), 4 * 15 * 60, 'each retry delay can be as long as the longest accepted Retry-After');
  assert.equal(threshold(synth(undefined, { main: { holdSeconds: [5] } })), 15 * 60);
});

test('has the 20 alarm metrics and the one dashboard that docs/operations/monitoring.md prices', () => {
  assert.equal(alarmResources.filter(([, { MetricName }]) => MetricName).length, 20);
  assert.equal(all('AWS::CloudWatch::Dashboard').length, 1);
  assert.equal(
    all('AWS::SNS::Topic').length + all('AWS::KMS::Key').length,
    1,
    'the only key is the key of the secrets',
  );
});

test('leaves out only the two alarms on queries in an emulated stage', () => {
  const there = new Set(Object.keys(synth('local').toJSON().Resources));
  const left = Object.keys(main.toJSON().Resources).filter((id) => !there.has(id));
  assert.deepEqual(left.map(plain).sort(), ['MonitoringNotificationsFailed', 'MonitoringTriggerDown']);
});

function namespaceOfFunctions(): string {
  const names = all('AWS::Lambda::Function').map(([, p]) => p.Environment.Variables.METRICS_NAMESPACE);
  return only([...new Set(names)]);
}
