import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { removalPolicy, type Settings } from './settings.ts';

/** Where alarms go: the topic that the settings name, or one of our own for the address that they name. */
export function alarmTopic(scope: Construct, settings: Settings): ITopic | undefined {
  const { email, topicArn } = settings.alarms ?? {};
  if (topicArn !== undefined) return Topic.fromTopicArn(scope, 'Topic', topicArn);
  if (email === undefined) return undefined;
  const masterKey = new Key(scope, 'TopicKey', {
    description: 'Encrypts the alarms of crm-triggers',
    enableKeyRotation: true,
    removalPolicy: removalPolicy(settings),
  });
  const topic = new Topic(scope, 'Topic', { masterKey, enforceSSL: true });
  const { account, region, partition } = Stack.of(scope);
  // CloudWatch may not use the key that SNS has by itself: encrypted with that, no alarm would ever arrive.
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
  topic.addSubscription(new EmailSubscription(email));
  return topic;
}
