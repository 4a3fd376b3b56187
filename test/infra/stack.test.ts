import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { newApp } from '../support/app.ts';
import { all, main, only, type Properties } from '../support/template.ts';

const mappings = (source: 'stream' | 'queue') =>
  all('AWS::Lambda::EventSourceMapping').filter(([, p]) => 'StartingPosition' in p === (source === 'stream'));

test('stream mappings start at the oldest record, split a failing batch, and write undelivered records to the bucket', () => {
  assert.equal(mappings('stream').length, 4);
  const bucket = only(all('AWS::S3::Bucket'))[0];
  for (const [id, p] of mappings('stream')) {
    assert.equal(p.StartingPosition, 'TRIM_HORIZON', id);
    assert.equal(p.BisectBatchOnFunctionError, true, id);
    assert.equal(p.MaximumRecordAgeInSeconds, 82_800, id);
    assert.equal(p.MaximumRetryAttempts, undefined, `${id}: the mapping retries until the record expires`);
    assert.equal(p.FunctionResponseTypes, undefined, `${id}: capture throws and does not report items`);
    assert.deepEqual(p.DestinationConfig, { OnFailure: { Destination: { 'Fn::GetAtt': [bucket, 'Arn'] } } }, id);
  }
});

test('followup edits and removals by time to live do not invoke a function', () => {
  for (const [id, p] of mappings('stream')) {
    const { Filters } = p.FilterCriteria as { Filters: { Pattern: string }[] };
    assert.deepEqual(
      Filters.map(({ Pattern }) => JSON.parse(Pattern)),
      [
        { eventName: /followup/i.test(id) ? ['INSERT'] : ['INSERT', 'MODIFY'] },
        { eventName: ['REMOVE'], userIdentity: { principalId: [{ exists: false }] } },
        { eventName: ['REMOVE'], userIdentity: [null] },
      ],
      id,
    );
  }
});

test('the queue mapping reports failed items, has batches of ten, and limits concurrency', () => {
  const [, p] = only(mappings('queue'));
  assert.deepEqual(p.FunctionResponseTypes, ['ReportBatchItemFailures']);
  assert.equal(p.BatchSize, 10);
  assert.deepEqual(p.ScalingConfig, { MaximumConcurrency: 100 });
});

test('both queues are high-throughput FIFO queues, deduplicate per record, and keep messages for 14 days', () => {
  const queues = all('AWS::SQS::Queue');
  assert.equal(queues.length, 2);
  for (const [id, p] of queues) {
    assert.equal(p.FifoQueue, true, id);
    assert.equal(p.FifoThroughputLimit, 'perMessageGroupId', id);
    assert.equal(p.DeduplicationScope, 'messageGroup', id);
    assert.equal(p.MessageRetentionPeriod, 1_209_600, id);
  }
});

test('the visibility timeout is six times the timeout of deliver, and the queue has a dead-letter queue', () => {
  const [, p] = only(all('AWS::SQS::Queue').filter(([, q]) => 'RedrivePolicy' in q));
  const [, deliver] = only(all('AWS::Lambda::Function').filter(([id]) => id.startsWith('Deliver')));
  assert.equal(p.VisibilityTimeout, 6 * Number(deliver.Timeout));
  const { maxReceiveCount, deadLetterTargetArn } = p.RedrivePolicy as Properties;
  assert.equal(maxReceiveCount, 1000);
  assert.match(JSON.stringify(deadLetterTargetArn), /DeadLetters/);
});

test('every function runs Node 24 on arm64, with a log group that has a retention time and no START and REPORT lines', () => {
  const functions = all('AWS::Lambda::Function');
  assert.equal(functions.length, 6);
  for (const [id, p] of functions) {
    assert.equal(p.Runtime, 'nodejs24.x', id);
    assert.deepEqual(p.Architectures, ['arm64'], id);
    const { LogFormat, SystemLogLevel, ApplicationLogLevel } = p.LoggingConfig;
    assert.deepEqual([LogFormat, SystemLogLevel, ApplicationLogLevel], ['JSON', 'WARN', undefined], id);
  }
  assert.equal(all('AWS::Logs::LogGroup').length, 6);
  for (const [id, p] of all('AWS::Logs::LogGroup')) assert.equal(p.RetentionInDays, 30, id);
});

test('drain runs every minute, and its timeout is longer than a minute', () => {
  const [, rule] = only(all('AWS::Events::Rule'));
  assert.equal(rule.ScheduleExpression, 'rate(1 minute)');
  const [id, drain] = only(all('AWS::Lambda::Function').filter(([id]) => id.startsWith('Drain')));
  assert.deepEqual(rule.Targets[0].Arn, { 'Fn::GetAtt': [id, 'Arn'] });
  assert.ok(drain.Timeout > 60);
});

test('there are no custom resources and no fixed names', () => {
  for (const [id, { Type, Properties }] of Object.entries(main.toJSON().Resources as Record<string, Properties>)) {
    assert.doesNotMatch(Type, /^Custom::|CustomResource/, id);
    for (const name of ['TableName', 'QueueName', 'FunctionName', 'BucketName', 'RoleName', 'LogGroupName'])
      assert.notEqual(typeof Properties?.[name], 'string', `${id} ${name}`);
  }
});

test('the outputs are those of the contract', () => {
  assert.deepEqual(Object.keys(main.toJSON().Outputs).sort(), [
    'AuditTable',
    'BacklogTable',
    'CaseTable',
    'CustomerTable',
    'DeadLetterQueueUrl',
    'DeliveryLogTable',
    'DeliveryQueueUrl',
    'DestinationRules',
    'DrainFunction',
    'FollowupTable',
    'LoggedAttempts',
    'RowRules',
    'SecretsTable',
    'Stage',
    'TaskTable',
    'TriggersTable',
    'Version',
  ]);
});

test('there are no exports, unless keepExports keeps the exports for the console of 0.2.0', () => {
  const exports = (context: object) => {
    const { Outputs } = Template.fromStack(new CrmTriggersStack(newApp(context), 'CrmTriggers')).toJSON();
    return Object.values<Properties>(Outputs).flatMap(({ Export }) => Export?.Name ?? []);
  };
  assert.deepEqual(exports({}), []);
  const withExports = exports({ keepExports: 'true' });
  const ofTables = ['Customer', 'Case', 'Followup', 'Task', 'Triggers', 'Backlog', 'DeliveryLog', 'Secrets'];
  const tables = ofTables.flatMap((name) => [`RefTables${name}`, `FnGetAttTables${name}`]);
  const others = ['FnGetAttTablesSecretsKey', 'RefDeliveryQueue', 'FnGetAttDeliveryQueue', 'RefDeliveryDeadLetters'];
  for (const name of [...tables, ...others, 'RefDrainFunction', 'FnGetAttDrainFunction'])
    assert.equal(
      withExports.filter((one) => new RegExp(`^CrmTriggers:ExportsOutput${name}[0-9A-F]{8}`).test(one)).length,
      1,
      name,
    );
});
