import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsSolutionsChecks } from 'cdk-nag';
import { all, main, only, type Properties, plain, stackOf } from '../support/template.ts';

/**
 * The accepted findings of AwsSolutions, with the reason for each. They are not acknowledgements in infra/, because infra/ runs without
 * cdk-nag. The test fails when a row is no longer needed.
 */
const accepted: readonly { rule: string; at: string[]; why: string }[] = [
  {
    rule: 'AwsSolutions-S1',
    at: ['Unsent'],
    why: 'Access logs need a second bucket, but this bucket is empty unless the queue has failed for a day.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    at: ['CaptureCase', 'CaptureCustomer', 'CaptureFollowup', 'CaptureTask'],
    why: 'dynamodb:ListStreams supports no resource-level permissions. It returns only names.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<Unsent.Arn>/*]',
    at: ['CaptureCase', 'CaptureCustomer', 'CaptureFollowup', 'CaptureTask'],
    why: 'Lambda chooses the names of the objects, and the bucket has no other content.',
  },
  ...['GenerateDataKey*', 'ReEncrypt*'].map((action) => ({
    rule: `AwsSolutions-IAM5[Action::kms:${action}]`,
    at: ['Deliver', 'Drain'],
    why: 'DynamoDB needs these actions on this key to write to a table with a customer-managed key.',
  })),
];

test("cdk-nag's AwsSolutions rules find only the accepted errors and warnings", () => {
  const found = new AwsSolutionsChecks()
    .validateScope(stackOf())
    .violations.map(({ ruleName, violatingResources }) => ({
      rule: ruleName.replace(/<(\w+?)[0-9A-F]{8}\./, '<$1.'),
      at: violatingResources.map(({ constructPath }) => constructPath?.split('/')[2]).sort(),
    }));
  assert.deepEqual(
    found,
    accepted.map(({ rule, at }) => ({ rule, at })),
  );
});

test('queues, tables and the bucket are encrypted at rest', () => {
  for (const [id, p] of all('AWS::SQS::Queue')) assert.ok(p.SqsManagedSseEnabled || p.KmsMasterKeyId, id);
  for (const [id, p] of all('AWS::S3::Bucket')) {
    const { ServerSideEncryptionConfiguration } = p.BucketEncryption;
    const { ServerSideEncryptionByDefault } = only<Properties>(ServerSideEncryptionConfiguration);
    assert.match(ServerSideEncryptionByDefault.SSEAlgorithm, /^(AES256|aws:kms)$/, id);
  }
  const [, { SSESpecification }] = only(all('AWS::DynamoDB::Table'));
  assert.equal(SSESpecification.SSEType, 'KMS', 'the secrets have a customer-managed key');
  assert.match(plain(SSESpecification.KMSMasterKeyId['Fn::GetAtt'][0]), /^TablesSecretsKey$/);
  const [, key] = only(all('AWS::KMS::Key'));
  assert.equal(key.EnableKeyRotation, true);
  const [, triggers] = only(all('AWS::DynamoDB::GlobalTable').filter(([id]) => plain(id) === 'TablesTriggers'));
  assert.deepEqual(triggers.SSESpecification, { SSEEnabled: true, SSEType: 'KMS' }, 'so have the URLs');
  const { KMSMasterKeyId } = only<Properties>(triggers.Replicas).SSESpecification;
  assert.match(plain(KMSMasterKeyId['Fn::GetAtt'][0]), /^TablesSecretsKey$/);
  // DynamoDB encrypts every table. A template can only replace the default key.
  for (const [id, p] of all('AWS::DynamoDB::GlobalTable')) assert.notEqual(p.SSESpecification?.SSEEnabled, false, id);
});

const policies: [type: string, policed: string, of: string, actions: string][] = [
  ['AWS::SQS::QueuePolicy', 'Queues', 'AWS::SQS::Queue', 'sqs:*'],
  ['AWS::S3::BucketPolicy', 'Bucket', 'AWS::S3::Bucket', 's3:*'],
];

for (const [type, policed, of, actions] of policies)
  test(`every ${of} rejects every request over plain HTTP`, () => {
    const rejecting = all(type).flatMap(([, p]) =>
      (p.PolicyDocument.Statement as Properties[])
        .filter(({ Condition }) => Condition?.Bool?.['aws:SecureTransport'] === 'false')
        .filter(({ Effect, Action }) => Effect === 'Deny' && Action === actions)
        .filter(({ Principal }) => JSON.stringify(Principal) === '{"AWS":"*"}')
        .flatMap(() => [p[policed]].flat().map((target: Properties) => target.Ref)),
    );
    assert.deepEqual(rejecting.sort(), Object.keys(main.findResources(of)).sort());
  });

test('the bucket for undelivered change records is private, keeps versions, and deletes objects after 90 days', () => {
  const [, p] = only(all('AWS::S3::Bucket'));
  assert.deepEqual(p.PublicAccessBlockConfiguration, {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  assert.deepEqual(p.VersioningConfiguration, { Status: 'Enabled' });
  const rule = only<Properties>(p.LifecycleConfiguration.Rules);
  assert.equal(rule.Status, 'Enabled');
  assert.equal(rule.ExpirationInDays, 90);
  assert.deepEqual(rule.NoncurrentVersionExpiration, { NoncurrentDays: 30 });
});

test('without the setting vpc no function is in a VPC', () => {
  for (const [id, p] of all('AWS::Lambda::Function')) assert.equal(p.VpcConfig, undefined, id);
  for (const [id, { Type }] of Object.entries(main.toJSON().Resources as Properties))
    assert.doesNotMatch(Type, /^AWS::EC2::/, id);
});

test('the mapping limits the concurrency of deliver, and the schedule that of drain; no function reserves concurrency', () => {
  for (const [id, p] of all('AWS::Lambda::Function')) assert.equal(p.ReservedConcurrentExecutions, undefined, id);
  const [, drain] = only(all('AWS::Lambda::EventInvokeConfig'));
  assert.equal(plain(drain.FunctionName.Ref), 'DrainFunction');
  assert.equal(drain.MaximumRetryAttempts, 0);
  assert.equal(drain.MaximumEventAgeInSeconds, 60);
});
