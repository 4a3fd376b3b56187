import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AwsSolutionsChecks } from 'cdk-nag';
import { commands } from '../../cli/commands.ts';
import { DIMENSION, type Metric, metrics } from '../../functions/core/metrics.ts';
import { alarms, runbookLink } from '../../infra/alarms.ts';
import { all, main, only, type Properties, plain, stackOf, synth } from '../support/template.ts';

const EMAIL = { main: { alarms: { email: 'on-call@example.com' } } };
const withEmail = synth(undefined, EMAIL);
const runbook = readFileSync(new URL('../../docs/operations/alarms.md', import.meta.url), 'utf8');
const made = all('AWS::CloudWatch::Alarm');

/** Metrics of AWS's own that are there without being asked for, at no price. */
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

test('every alarm says in a sentence what is wrong, and names the heading of the runbook that says what to do', () => {
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => runbookLink(heading));
  for (const heading of Object.keys(alarms)) assert.ok(headings.includes(runbookLink(heading)), heading);
  for (const [id, { AlarmDescription }] of made) {
    const [, sentence = '', link = ''] = AlarmDescription.match(/^(.+\.) What to do: (\S+)$/) ?? assert.fail(id);
    assert.ok(sentence.length > 40 && sentence.length < 400, id);
    assert.ok(headings.includes(link), `${id}: ${link}`);
  }
});

test('every command that the runbook names is one of the command line, with its options', () => {
  const named = [...runbook.matchAll(/(?:^|`)crm ([a-z-]+)((?: [^`#\n]+)?)/gm)];
  assert.ok(named.length > 10);
  for (const [said, name = '', rest = ''] of named) {
    const command = commands[name] ?? assert.fail(said);
    for (const [, option] of rest.matchAll(/--([a-z-]+)/g)) assert.ok(command.options?.includes(option as never), said);
  }
});

test('every heading of the runbook that is an alarm has one, so that none describes what is not there', () => {
  const reported = new Set(made.map(([, { AlarmDescription }]) => AlarmDescription.split('#')[1]));
  assert.equal(reported.size, Object.keys(alarms).length);
});

test('only of drain, which runs each minute, does silence wake people, and not before its first run', () => {
  for (const [id, { TreatMissingData }] of made)
    assert.equal(TreatMissingData, /DrainStopped/.test(id) ? 'missing' : 'notBreaching', id);
  // A new alarm begins with insufficient data, and no value as "breaching" would set it off at once.
  for (const [id, p] of all('AWS::CloudWatch::Alarm', withEmail))
    assert.deepEqual(p.InsufficientDataActions, /DrainStopped/.test(id) ? p.AlarmActions : undefined, id);
});

test('every alarm tells the topic of the settings when it goes off, and nobody when there is none', () => {
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

test('each trigger is notified of by itself, and at most once an hour', () => {
  const queries = made.filter(([, { Metrics }]) => Metrics);
  assert.equal(queries.length, 2);
  for (const [id, { Metrics, EvaluationPeriods }] of queries) {
    const { Expression, Period } = only<Properties>(Metrics);
    assert.match(Expression, / GROUP BY "trigger" ORDER BY (MAX|SUM)\(\) DESC$/, id);
    assert.ok(Period * EvaluationPeriods >= 3_600, id);
    assert.ok(Period * EvaluationPeriods <= 10_800, 'a query sees three hours');
  }
});

test('every metric of an alarm is one that a function writes, with this dimension, or one of AWS that is listed', () => {
  for (const [id, { MetricName, Namespace, Metrics }] of made)
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

test('every metric of the dashboard is one that a function writes, or one of AWS that is listed', () => {
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

test('every function is watched for errors and for being throttled', () => {
  const functions = all('AWS::Lambda::Function')
    .map(([id]) => id)
    .sort();
  for (const metric of ['Errors', 'Throttles'])
    assert.deepEqual(
      made
        .filter(([, p]) => p.MetricName === metric)
        .map(([, p]) => only<Properties>(p.Dimensions).Value.Ref)
        .sort(),
      functions,
    );
});

test('the queue is old when a notification has been in it for longer than all holds together can be', () => {
  const threshold = (template = main) =>
    all('AWS::CloudWatch::Alarm', template).find(([, p]) => p.MetricName === 'ApproximateAgeOfOldestMessage')?.[1]
      .Threshold;
  assert.equal(threshold(), 4 * 15 * 60, 'each retry delay can be as long as a receiver may ask for');
  assert.equal(threshold(synth(undefined, { main: { holdSeconds: [5] } })), 15 * 60);
});

test('monitoring costs what docs/operations/monitoring.md says: at most 20 alarm metrics beside the queries, and one dashboard', () => {
  assert.equal(made.filter(([, { MetricName }]) => MetricName).length, 20);
  assert.equal(all('AWS::CloudWatch::Dashboard').length, 1);
  assert.equal(all('AWS::SNS::Topic').length + all('AWS::KMS::Key').length, 1, 'the key is that of the secrets');
});

test('on emulators the two alarms on queries are left out, and nothing else is', () => {
  const there = new Set(Object.keys(synth('local').toJSON().Resources));
  const left = Object.keys(main.toJSON().Resources).filter((id) => !there.has(id));
  assert.deepEqual(left.map(plain).sort(), ['MonitoringNotificationsFailed', 'MonitoringTriggerDown']);
});

test('the topic is under a key of its own, that CloudWatch may use; it rejects plain HTTP, and takes alarms alone', () => {
  const [topic, { KmsMasterKeyId }] = only(all('AWS::SNS::Topic', withEmail));
  const keys = Object.fromEntries(all('AWS::KMS::Key', withEmail));
  const key = keys[KmsMasterKeyId['Fn::GetAtt'][0]] ?? assert.fail();
  assert.equal(key.EnableKeyRotation, true);
  const ours = (key.KeyPolicy.Statement as Properties[]).filter(({ Principal }) => Principal.Service);
  assert.deepEqual(
    ours.map(({ Action, Principal }) => [Principal.Service, Action]),
    [['cloudwatch.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*']]],
  );
  const [, { PolicyDocument, Topics }] = only(all('AWS::SNS::TopicPolicy', withEmail));
  assert.deepEqual(Topics, [{ Ref: topic }]);
  const [deny, allow, ...more] = PolicyDocument.Statement as Properties[];
  assert.deepEqual([deny?.Effect, deny?.Condition], ['Deny', { Bool: { 'aws:SecureTransport': 'false' } }]);
  assert.deepEqual([allow?.Effect, allow?.Principal, more], ['Allow', { Service: 'cloudwatch.amazonaws.com' }, []]);
  assert.match(JSON.stringify(allow?.Condition), /aws:SourceArn.*:alarm:\*/);
  const [, { Protocol, Endpoint }] = only(all('AWS::SNS::Subscription', withEmail));
  assert.deepEqual([Protocol, Endpoint], ['email', 'on-call@example.com']);
});

test('cdk-nag finds nothing more when there is a topic', () => {
  const rules = (stages?: unknown) =>
    new AwsSolutionsChecks().validateScope(stackOf(undefined, stages)).violations.map(({ ruleName }) => ruleName);
  assert.deepEqual(rules(EMAIL), rules());
});

test('functions are traced when the setting says so, and may then send traces, and nothing more', () => {
  const traced = synth(undefined, { main: { tracing: true } });
  const modes = (template = main) =>
    all('AWS::Lambda::Function', template).map(([, { TracingConfig }]) => TracingConfig?.Mode);
  assert.deepEqual(new Set(modes()), new Set([undefined]));
  assert.deepEqual(new Set(modes(traced)), new Set(['Active']));
  const actions = (template = main) =>
    all('AWS::IAM::Policy', template)
      .flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement.flatMap(({ Action }: Properties) => Action))
      .sort();
  const more = actions(traced).filter((action) => action.startsWith('xray:'));
  assert.deepEqual(new Set(more), new Set(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']));
  assert.deepEqual(
    actions(traced).filter((action) => !action.startsWith('xray:')),
    actions(),
  );
});

for (const [title, value, where] of [
  ['nobody', {}, 'alarms'],
  ['two', { email: 'a@example.com', topicArn: 'arn:aws:sns:eu-west-1:111122223333:ours' }, 'alarms'],
  ['no address', { email: 'on-call' }, 'alarms.email'],
  ['no topic', { topicArn: 'ours' }, 'alarms.topicArn'],
] as const)
  test(`alarms that are for ${title} stop the synthesis with one line that says where`, () => {
    assert.throws(
      () => synth(undefined, { main: { alarms: value } }),
      (error: Error) =>
        error.message.startsWith(`Setting stages.main.${where} in cdk.json: `) && !error.message.includes('\n'),
    );
  });

function namespaceOfFunctions(): string {
  const names = all('AWS::Lambda::Function').map(([, p]) => p.Environment.Variables.METRICS_NAMESPACE);
  return only([...new Set(names)]);
}
