import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import type { CrmTriggersStack } from '../../infra/stack.ts';
import { all, main, only, type Properties, stackOf, synth } from '../support/template.ts';

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

test('time to live deletes expired items of the backlog, the history and the delivery log', () => {
  for (const name of ['TablesBacklog', 'TablesAudit', 'TablesDeliveryLog']) {
    const [[id, p] = assert.fail(name)] = all('AWS::DynamoDB::GlobalTable').filter(([id]) => id.startsWith(name));
    assert.deepEqual(p.TimeToLiveSpecification, { AttributeName: 'expiresAt', Enabled: true }, id);
  }
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
  assert.deepEqual(isProtected(main), Array(9).fill(false));
  assert.deepEqual(isProtected(synth(undefined, guarded)), Array(9).fill(true));
  const reported = (stack: CrmTriggersStack) =>
    Annotations.fromStack(stack).findInfo('*', Match.stringLikeRegexp('deletion'));
  assert.match(
    String(only(reported(stackOf())).entry.data),
    /after the first deployment, set deletionProtection to true/,
  );
  for (const stack of [stackOf(undefined, guarded), stackOf('local')]) assert.deepEqual(reported(stack), []);
});
