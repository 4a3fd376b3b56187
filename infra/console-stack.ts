import { Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { CrmTriggersConsole } from './crm-triggers-console.ts';
import { readSettings } from './settings.ts';
import type { CrmTriggersStack } from './stack.ts';

/** The stack with the page for admins. An optional stack beside the core stack. */
export class CrmTriggersConsoleStack extends Stack {
  constructor(scope: Construct, id: string, core: CrmTriggersStack, props?: StackProps) {
    super(scope, id, props);
    const { signIn, userPoolId, consoleDomain: domain, alarms } = readSettings(this.node);
    const topic = alarms?.topicArn && Topic.fromTopicArn(this, 'Topic', alarms.topicArn);
    const alarmActions = topic ? [new SnsAction(topic)] : [];
    // The ID Default keeps the logical IDs of release 0.2.0.
    new CrmTriggersConsole(this, 'Default', { triggers: core.triggers, signIn, userPoolId, domain, alarmActions });
  }
}
