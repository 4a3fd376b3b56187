import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Template } from 'aws-cdk-lib/assertions';
import { SHOWN_ATTRIBUTES } from '../../functions/adapters/trigger-rows.ts';
import { statementsOf, withPolicies } from '../support/cli-policies.ts';
import { all, main, type Properties, plain } from '../support/template.ts';

type Permissions = Record<string, string[]>;

/** The resources of each action. */
function permissionsOf(name: 'Viewer' | 'Admin'): Permissions {
  const found: Permissions = {};
  for (const { actions, resources } of statementsOf(name))
    for (const action of actions) found[action] = [...(found[action] ?? []), ...resources].sort();
  return found;
}

const crm = ['TablesCase', 'TablesCustomer', 'TablesFollowup', 'TablesTask'];
const functions = ['CaptureCase', 'CaptureCustomer', 'CaptureFollowup', 'CaptureTask', 'Deliver', 'Drain'];
const stackId = ['stack/CrmTriggers/*'];

/** The permissions of the managed policies: what a policy of a function would have to list too. */
const permissions: Record<'Viewer' | 'Admin', Permissions> = {
  Viewer: {
    'cloudformation:DescribeStacks': stackId,
    'dynamodb:BatchGetItem': ['TablesTriggers'],
    'dynamodb:PutItem': ['TablesAudit'],
    'dynamodb:Query': ['TablesAudit', 'TablesBacklog', 'TablesDeliveryLog'],
    'kms:Decrypt': ['TablesSecretsKey'],
    'kms:DescribeKey': ['TablesSecretsKey'],
    'sqs:GetQueueAttributes': ['DeliveryQueue'],
  },
  Admin: {
    'cloudformation:DescribeStacks': stackId,
    'cloudformation:ListStackResources': stackId,
    'dynamodb:BatchGetItem': ['TablesSecrets', 'TablesTriggers'],
    'dynamodb:DeleteItem': ['TablesBacklog'],
    'dynamodb:DescribeTable': crm,
    'dynamodb:GetItem': ['TablesBacklog', ...crm],
    'dynamodb:PutItem': ['TablesAudit', 'TablesBacklog'],
    'dynamodb:Query': ['TablesAudit', 'TablesBacklog', 'TablesDeliveryLog'],
    'dynamodb:Scan': crm,
    'dynamodb:UpdateItem': ['TablesSecrets', 'TablesTriggers'],
    'events:DescribeRule': ['rule/CrmTriggers-*'],
    'iam:SimulatePrincipalPolicy': functions.map((name) => `${name}FunctionRole`),
    'kms:Decrypt': ['TablesSecretsKey'],
    'kms:DescribeKey': ['TablesSecretsKey'],
    'kms:Encrypt': ['TablesSecretsKey'],
    'kms:GenerateDataKey*': ['TablesSecretsKey'],
    'kms:ReEncrypt*': ['TablesSecretsKey'],
    // These two support no resource-level permissions for mappings with generated names.
    'lambda:GetEventSourceMapping': ['*'],
    'lambda:ListEventSourceMappings': ['*'],
    'lambda:GetFunctionConcurrency': functions.map((name) => `${name}Function`),
    'lambda:GetFunctionConfiguration': functions.map((name) => `${name}Function`),
    'lambda:InvokeFunction': ['DrainFunction'],
    'sqs:ChangeMessageVisibility': ['DeliveryDeadLetters'],
    'sqs:DeleteMessage': ['DeliveryDeadLetters'],
    'sqs:GetQueueAttributes': ['DeliveryDeadLetters', 'DeliveryQueue'],
    'sqs:ReceiveMessage': ['DeliveryDeadLetters'],
    'sqs:SendMessage': ['DeliveryQueue'],
  },
};

for (const name of ['Viewer', 'Admin'] as const)
  test(`the managed policy ${name} has exactly these permissions on these resources`, () => {
    assert.deepEqual(permissionsOf(name), permissions[name]);
  });

test('only the viewer has a condition: DynamoDB returns no URL, also to a request that does not list its attributes', () => {
  const conditions = all('AWS::IAM::ManagedPolicy', withPolicies).flatMap(([id, { PolicyDocument }]) =>
    (PolicyDocument.Statement as Properties[]).flatMap(({ Condition }) => (Condition ? [[plain(id), Condition]] : [])),
  );
  const shown = SHOWN_ATTRIBUTES;
  assert.ok(!shown.includes('url'));
  assert.deepEqual(conditions, [
    [
      'CliPoliciesViewer',
      {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': shown },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    ],
  ]);
});

test('the managed policies are attached to nobody, and no other identity or policy is added with them', () => {
  for (const [id, p] of all('AWS::IAM::ManagedPolicy', withPolicies))
    for (const attached of ['Roles', 'Users', 'Groups']) assert.equal(p[attached], undefined, id);
  const typesOf = (of: Template) =>
    Object.values(of.toJSON().Resources as Properties)
      .map(({ Type }) => Type)
      .filter((type) => type.startsWith('AWS::IAM::'))
      .sort();
  assert.deepEqual(
    typesOf(withPolicies),
    [...typesOf(main), 'AWS::IAM::ManagedPolicy', 'AWS::IAM::ManagedPolicy'].sort(),
  );
});
