import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { removalPolicy, type Settings } from './settings.ts';

/** A new topic for the setting `alarmEmail`, or `undefined` without it. */
export function alarmTopic(scope: Construct, settings: Settings): ITopic | undefined {
  const { alarmEmail } = settings;
  if (alarmEmail === undefined) return undefined;
  const masterKey = new Key(scope, 'TopicKey', {
    description: 'Encrypts the alarms of crm-triggers',
    enableKeyRotation: true,
    removalPolicy: removalPolicy(settings),
  });
  const topic = new Topic(scope, 'Topic', { masterKey, enforceSSL: true });
  const { account, region, partition } = Stack.of(scope);
  // CloudWatch has no permission for the default key of SNS: with that key, no alarm would arrive.
  const cloudwatch = new ServicePrincipal('cloudwatch.amazonaws.com');
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudwatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` } },
    }),
  );
  masterKey.grant(cloudwatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
  topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}
