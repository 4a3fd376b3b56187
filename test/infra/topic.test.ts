import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsSolutionsChecks } from 'cdk-nag';
import { all, only, type Properties, stackOf, synth } from '../support/template.ts';

const EMAIL = { main: { alarms: { email: 'on-call@example.com' } } };
const withEmail = synth(undefined, EMAIL);

test('the topic has a customer-managed key that CloudWatch may use, rejects plain HTTP, and accepts only alarms', () => {
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

test('cdk-nag has no additional findings with a topic', () => {
  const rules = (stages?: unknown) =>
    new AwsSolutionsChecks().validateScope(stackOf(undefined, stages)).violations.map(({ ruleName }) => ruleName);
  assert.deepEqual(rules(EMAIL), rules());
});

for (const [title, value, where] of [
  ['no recipient', {}, 'alarms'],
  ['two recipients', { email: 'a@example.com', topicArn: 'arn:aws:sns:eu-west-1:111122223333:ours' }, 'alarms'],
  ['an invalid email address', { email: 'on-call' }, 'alarms.email'],
  ['an invalid topic ARN', { topicArn: 'ours' }, 'alarms.topicArn'],
] as const)
  test(`rejects ${title} in the setting alarms with one line that names the setting`, () => {
    assert.throws(
      () => synth(undefined, { main: { alarms: value } }),
      (error: Error) =>
        error.message.startsWith(`Setting stages.main.${where} in cdk.json: `) && !error.message.includes('\n'),
    );
  });
