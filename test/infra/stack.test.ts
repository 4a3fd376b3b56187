import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { all, context, main, only, type Properties, stackOf, synth } from '../support/template.ts';

const mappings = (source: 'stream' | 'queue') =>
  all('AWS::Lambda::EventSourceMapping').filter(([, p]) => 'StartingPosition' in p === (source === 'stream'));

test('each CRM table has the key of its entity and a stream with old and new images', () => {
  const keys = Object.fromEntries(
    all('AWS::DynamoDB::GlobalTable')
      .filter(([, p]) => 'StreamSpecification' in p)
      .map(([id, p]) => {
        assert.deepEqual(p.StreamSpecification, { StreamViewType: 'NEW_AND_OLD_IMAGES' });
        return [
          id.replace(/^Tables|[0-9A-F]{8}$/g, ''),
          (p.KeySchema as { AttributeName: string }[]).map((k) => k.AttributeName),
        ];
      }),
  );
  assert.deepEqual(keys, {
    Customer: ['AccountID'],
    Case: ['AccountID', 'CaseID'],
    Followup: ['CaseID', 'FollowupID'],
    Task: ['AccountID', 'TaskID'],
  });
});

test('every table is on demand, and all except the delivery log have point-in-time recovery', () => {
  for (const [id, p] of all('AWS::DynamoDB::GlobalTable')) {
    const PointInTimeRecoveryEnabled = !id.startsWith('TablesDeliveryLog');
    assert.equal(p.BillingMode, 'PAY_PER_REQUEST', id);
    for (const replica of p.Replicas as Properties[])
      assert.deepEqual(replica.PointInTimeRecoverySpecification, { PointInTimeRecoveryEnabled }, id);
  }
});

test('time to live deletes expired items of the backlog and the delivery log', () => {
  for (const name of ['TablesBacklog', 'TablesDeliveryLog']) {
    const [[id, p] = assert.fail(name)] = all('AWS::DynamoDB::GlobalTable').filter(([id]) => id.startsWith(name));
    assert.deepEqual(p.TimeToLiveSpecification, { AttributeName: 'expiresAt', Enabled: true }, id);
  }
});

test('the delivery log keeps all attempts, unless the setting deliveryLog is failures or off', () => {
  const logged = (template: Template) =>
    all('AWS::Lambda::Function', template).flatMap(([, p]) => p.Environment.Variables.LOGGED ?? []);
  assert.deepEqual(logged(main), ['all', 'all']);
  for (const deliveryLog of ['failures', 'off'])
    assert.deepEqual(logged(synth(undefined, { main: { deliveryLog } })), [deliveryLog, deliveryLog]);
});

test('resources with data outlive the stack, except in the local stage and after a failed first deployment', () => {
  const local = synth('local');
  const types = ['DynamoDB::GlobalTable', 'DynamoDB::Table', 'KMS::Key', 'SQS::Queue', 'S3::Bucket', 'Logs::LogGroup'];
  for (const type of types.map((type) => `AWS::${type}`)) {
    for (const [id, { DeletionPolicy }] of Object.entries(main.findResources(type)))
      assert.equal(DeletionPolicy, 'RetainExceptOnCreate', id);
    for (const [id, { DeletionPolicy }] of Object.entries(local.findResources(type)))
      assert.equal(DeletionPolicy, 'Delete', id);
  }
});

test('the setting deletionProtection protects the tables; without it, the synthesis prints a hint', () => {
  const isProtected = (template: Template) => [
    ...all('AWS::DynamoDB::GlobalTable', template).flatMap(([, { Replicas }]) =>
      (Replicas as Properties[]).map(({ DeletionProtectionEnabled }) => DeletionProtectionEnabled ?? false),
    ),
    ...all('AWS::DynamoDB::Table', template).map(([, p]) => p.DeletionProtectionEnabled ?? false),
  ];
  const guarded = { main: { deletionProtection: true } };
  assert.deepEqual(isProtected(main), Array(8).fill(false));
  assert.deepEqual(isProtected(synth(undefined, guarded)), Array(8).fill(true));
  const reported = (stack: CrmTriggersStack) =>
    Annotations.fromStack(stack).findInfo('*', Match.stringLikeRegexp('deletion'));
  assert.match(
    String(only(reported(stackOf())).entry.data),
    /after the first deployment, set deletionProtection to true/,
  );
  for (const stack of [stackOf(undefined, guarded), stackOf('local')]) assert.deepEqual(reported(stack), []);
});

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
    'BacklogTable',
    'CaseTable',
    'CustomerTable',
    'DeadLetterQueueUrl',
    'DeliveryLogTable',
    'DeliveryQueueUrl',
    'DestinationRules',
    'DrainFunction',
    'FollowupTable',
    'RowRules',
    'SecretsTable',
    'Stage',
    'TaskTable',
    'TriggersTable',
    'Version',
  ]);
});

test('there are no exports, unless keepExports keeps the exports for the console of 0.2.0', () => {
  const exports = (context_: object) => {
    const app = new App({ context: { ...context, ...context_, 'aws:cdk:bundling-stacks': [] } });
    const { Outputs } = Template.fromStack(new CrmTriggersStack(app, 'CrmTriggers')).toJSON();
    return Object.values<Properties>(Outputs).flatMap(({ Export }) => Export?.Name ?? []);
  };
  assert.deepEqual(exports({}), []);
  const kept = exports({ keepExports: 'true' });
  const ofTables = ['Customer', 'Case', 'Followup', 'Task', 'Triggers', 'Backlog', 'DeliveryLog', 'Secrets'];
  const tables = ofTables.flatMap((name) => [`RefTables${name}`, `FnGetAttTables${name}`]);
  const others = ['FnGetAttTablesSecretsKey', 'RefDeliveryQueue', 'FnGetAttDeliveryQueue', 'RefDeliveryDeadLetters'];
  for (const name of [...tables, ...others, 'RefDrainFunction', 'FnGetAttDrainFunction'])
    assert.equal(
      kept.filter((one) => new RegExp(`^CrmTriggers:ExportsOutput${name}[0-9A-F]{8}`).test(one)).length,
      1,
      name,
    );
});

test('only the local stage allows http and private networks, and no stage allows low ports', () => {
  const allowed = (template: Template) =>
    all('AWS::Lambda::Function', template).flatMap(([, p]) => {
      const { Variables } = p.Environment as { Variables: Record<string, string> };
      const { ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS } = Variables;
      return ALLOW_HTTP === undefined ? [] : [[ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS]];
    });
  const [deliver, drain] = allowed(main);
  assert.deepEqual([deliver, drain], [['false', '', ''], deliver]);
  assert.deepEqual(allowed(synth('local'))[0], ['true', '', '0.0.0.0/0,::/0']);
});

test('the command line and the functions get the same URL policy', () => {
  const rules = { allowHttp: true, allowedPorts: [25, 143], allowedPrivateNetworks: ['10.0.0.0/8'] };
  const template = synth(undefined, { main: { ...rules, vpc: { id: 'vpc-0a000000', subnets: ['subnet-0a000000'] } } });
  assert.deepEqual(JSON.parse(template.toJSON().Outputs.DestinationRules.Value), rules);
  for (const [id, p] of all('AWS::Lambda::Function', template).filter(([id]) => /^(Deliver|Drain)/.test(id))) {
    const { ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS } = p.Environment.Variables;
    assert.deepEqual([ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS], ['true', '25,143', '10.0.0.0/8'], id);
  }
});

test('captureWindowSeconds sets the batch window of the stream mappings, which have none by default', () => {
  const windows = (template: Template) =>
    all('AWS::Lambda::EventSourceMapping', template).map(([, p]) => p.MaximumBatchingWindowInSeconds);
  assert.deepEqual(windows(main), Array(5).fill(undefined));
  const waiting = windows(synth(undefined, { main: { captureWindowSeconds: 300 } }));
  assert.deepEqual(waiting.filter(Boolean), Array(4).fill(300), 'FIFO queues support no batch window');
});

test('architecture sets the processor of every function', () => {
  const functions = all('AWS::Lambda::Function', synth(undefined, { main: { architecture: 'x86_64' } }));
  for (const [id, p] of functions) {
    assert.deepEqual(p.Architectures, ['x86_64'], id);
    assert.equal(p.Runtime, 'nodejs24.x', id);
  }
});

const wrong: [string, Record<string, unknown>, string][] = [
  ['an unknown setting', { holdSecond: [1] }, 'stages.main'],
  ['a retry delay above the maximum', { holdSeconds: [5, 100_000] }, 'stages.main.holdSeconds.1'],
  ['an invalid network', { allowedPrivateNetworks: ['10.0.0.0/33'] }, 'stages.main.allowedPrivateNetworks.0'],
  ['a text instead of a boolean', { allowHttp: 'yes' }, 'stages.main.allowHttp'],
  ['a port that is always allowed', { allowedPorts: [25, 8443] }, 'stages.main.allowedPorts.1'],
  ['an invalid port', { allowedPorts: [0] }, 'stages.main.allowedPorts.0'],
  ['a fraction as a port', { allowedPorts: [22.5] }, 'stages.main.allowedPorts.0'],
  ['a text instead of a port', { allowedPorts: ['25'] }, 'stages.main.allowedPorts.0'],
  ['an unknown delivery log', { deliveryLog: 'some' }, 'stages.main.deliveryLog'],
  ['an account ID without 12 digits', { account: '1234' }, 'stages.main.account'],
  ['an account ID as a number', { account: 111122223333 }, 'stages.main.account'],
  ['an invalid region', { region: 'Frankfurt' }, 'stages.main.region'],
  ['a VPC without an ID', { vpc: { subnets: ['subnet-0a000000'] } }, 'stages.main.vpc.id'],
  ['a VPC without subnets', { vpc: { id: 'vpc-0a000000', subnets: [] } }, 'stages.main.vpc.subnets'],
  ['a name instead of a subnet ID', { vpc: { id: 'vpc-0a000000', subnets: ['private'] } }, 'stages.main.vpc.subnets.0'],
  [
    'an empty list of security groups',
    { vpc: { id: 'vpc-0a000000', subnets: ['subnet-0a000000'], securityGroups: [] } },
    'stages.main.vpc.securityGroups',
  ],
  ['an unknown architecture', { architecture: 'arm' }, 'stages.main.architecture'],
  ['a batch window above the maximum', { captureWindowSeconds: 301 }, 'stages.main.captureWindowSeconds'],
  ['a fraction as a batch window', { captureWindowSeconds: 0.5 }, 'stages.main.captureWindowSeconds'],
  ['a text instead of a number', { deliverConcurrency: 'many' }, 'stages.main.deliverConcurrency'],
];

for (const [title, settings, where] of wrong)
  test(`rejects ${title} with one line that names the setting`, () => {
    assert.throws(
      () => synth(undefined, { main: settings }),
      (error: Error) => error.message.startsWith(`Setting ${where} in cdk.json: `) && !error.message.includes('\n'),
    );
  });

test('rejects an invalid stage name with one line', () => {
  assert.throws(
    () => synth('my stage'),
    /^Error: "my stage" is not a valid stage name\. To fix this, use a letter, followed by up to 31 letters, /,
  );
});

test('rejects an unknown stage with the names of the stages', () => {
  assert.throws(
    () => synth('prod'),
    /^Error: cdk\.json has no stage "prod"\. To fix this, add it under context\.stages, or use one of: main, local\.$/,
  );
});
