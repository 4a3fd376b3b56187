import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entity, entityNames } from '../../functions/core/entity.ts';
import { all, main, only, type Properties, plain } from '../support/template.ts';

/** The permissions of a function: the resources of each action. */
type Permissions = Record<string, string[]>;

const logs = (name: string): Permissions => ({
  'logs:CreateLogStream': [`${name}FunctionLogs`],
  'logs:PutLogEvents': [`${name}FunctionLogs`],
});

const readKey: Permissions = {
  'kms:Decrypt': ['TablesSecretsKey'],
  'kms:DescribeKey': ['TablesSecretsKey'],
};

/** The key encrypts the secrets, which these functions read, and the triggers, which they also change. */
const writeKey: Permissions = {
  ...readKey,
  'kms:Encrypt': ['TablesSecretsKey'],
  'kms:GenerateDataKey*': ['TablesSecretsKey'],
  'kms:ReEncrypt*': ['TablesSecretsKey'],
};

/** Capture learns only whether a URL is set. */
const onlyWhetherSet = {
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['trigger', 'urlVersion', 'shownVersion', 'isSet'] },
  StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
};

function capture(entity: Entity): Permissions {
  const name = pascal(entity);
  const stream = [`Tables${name}.StreamArn`];
  return {
    ...logs(`Capture${name}`),
    ...readKey,
    'dynamodb:DescribeStream': stream,
    'dynamodb:GetRecords': stream,
    'dynamodb:GetShardIterator': stream,
    // Supports no resource-level permissions.
    'dynamodb:ListStreams': ['*'],
    'dynamodb:BatchGetItem': ['TablesTriggers'],
    'dynamodb:PutItem': ['TablesBacklog'],
    'sqs:SendMessage': ['DeliveryQueue'],
    's3:ListBucket': ['Unsent'],
    's3:PutObject': ['Unsent/*'],
  };
}

const permissions: Record<string, Permissions> = {
  ...Object.fromEntries(entityNames.map((entity) => [`Capture${pascal(entity)}`, capture(entity)])),
  Deliver: {
    ...logs('Deliver'),
    ...writeKey,
    'sqs:ReceiveMessage': ['DeliveryQueue'],
    'sqs:DeleteMessage': ['DeliveryQueue'],
    'sqs:ChangeMessageVisibility': ['DeliveryQueue'],
    'sqs:GetQueueAttributes': ['DeliveryQueue'],
    'sqs:GetQueueUrl': ['DeliveryQueue'],
    'sqs:SendMessage': ['DeliveryDeadLetters'],
    'lambda:InvokeFunction': ['DrainFunction'],
    'dynamodb:BatchGetItem': ['TablesBacklog', 'TablesSecrets', 'TablesTriggers'],
    'dynamodb:UpdateItem': ['TablesTriggers'],
    'dynamodb:BatchWriteItem': ['TablesBacklog'],
    'dynamodb:PutItem': ['TablesBacklog', 'TablesDeliveryLog'],
    'dynamodb:DeleteItem': ['TablesBacklog'],
  },
  Drain: {
    ...logs('Drain'),
    ...writeKey,
    'dynamodb:BatchGetItem': ['TablesSecrets', 'TablesTriggers'],
    'dynamodb:UpdateItem': ['TablesTriggers'],
    'dynamodb:Query': ['TablesBacklog'],
    'dynamodb:PutItem': ['TablesBacklog', 'TablesDeliveryLog'],
    'dynamodb:DeleteItem': ['TablesBacklog'],
  },
};

test('each function has exactly these permissions on these resources', () => {
  const found: Record<string, Permissions> = {};
  for (const [id, { PolicyDocument, Roles }] of all('AWS::IAM::Policy')) {
    const name = plain(only<{ Ref: string }>(Roles).Ref).replace(/FunctionRole$/, '');
    const actions: Permissions = {};
    found[name] ??= actions;
    assert.equal(found[name], actions, `${id} is the role's only policy`);
    for (const { Effect, Action, Resource, ...more } of PolicyDocument.Statement as Properties[]) {
      assert.equal(Effect, 'Allow', id);
      const isOfCapture = name.startsWith('Capture') && Action === 'dynamodb:BatchGetItem';
      assert.deepEqual(more, isOfCapture ? { Condition: onlyWhetherSet } : {}, id);
      for (const action of [Action].flat()) {
        actions[action] ??= [];
        actions[action].push(...[Resource].flat().map(resourceName));
        actions[action].sort();
      }
    }
  }
  assert.deepEqual(found, permissions);
});

test('each function has a separate role, which only Lambda can assume, with only the listed policies', () => {
  const roles = all('AWS::IAM::Role');
  const taken = all('AWS::Lambda::Function').map(([, { Role }]) => Role['Fn::GetAtt'][0]);
  assert.deepEqual(taken.sort(), roles.map(([id]) => id).sort());
  for (const [id, { AssumeRolePolicyDocument, ...more }] of roles) {
    assert.deepEqual(more, {}, id);
    const { Action, Effect, Principal } = only<Properties>(AssumeRolePolicyDocument.Statement);
    assert.deepEqual([Effect, Action], ['Allow', 'sts:AssumeRole'], id);
    assert.deepEqual(Principal, { Service: 'lambda.amazonaws.com' }, id);
  }
  const types = Object.values(main.toJSON().Resources as Properties).map(({ Type }) => Type);
  assert.deepEqual([...new Set(types)].filter((type) => type.startsWith('AWS::IAM::')).sort(), [
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
  ]);
});

test('only the schedule may invoke a function, and only drain', () => {
  const [, { Action, FunctionName, Principal, SourceArn }] = only(all('AWS::Lambda::Permission'));
  assert.deepEqual([Action, Principal], ['lambda:InvokeFunction', 'events.amazonaws.com']);
  assert.equal(resourceName(FunctionName), 'DrainFunction');
  assert.equal(resourceName(SourceArn), 'DrainEachMinute');
  for (const type of ['AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy'])
    for (const [id, { PolicyDocument }] of all(type))
      for (const { Effect } of PolicyDocument.Statement) assert.equal(Effect, 'Deny', id);
  for (const [id, { Replicas }] of all('AWS::DynamoDB::GlobalTable'))
    for (const { ResourcePolicy } of Replicas) assert.equal(ResourcePolicy, undefined, id);
  assert.deepEqual(all('AWS::Lambda::Url'), []);
});

/** The name of a resource: `Tables` for its ARN, `Tables.StreamArn`, `Unsent/*`. Other values are returned unchanged. */
function resourceName(resource: Properties | string): string {
  if (typeof resource === 'string') return resource;
  const [id, attribute] = resource['Fn::GetAtt'] ?? [];
  if (id) return attribute === 'Arn' ? plain(id) : `${plain(id)}.${attribute}`;
  const [separator, parts] = resource['Fn::Join'] ?? [];
  return parts ? parts.map(resourceName).join(separator) : JSON.stringify(resource);
}

function pascal(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
