import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CrmTriggersConsole } from './crm-triggers-console.ts';
import { readSettings } from './settings.ts';
import type { CrmTriggersStack } from './stack.ts';

/** The stack with the page for admins. An optional stack beside the core stack. */
export class CrmTriggersConsoleStack extends Stack {
  constructor(scope: Construct, id: string, core: CrmTriggersStack, props?: StackProps) {
    super(scope, id, props);
    const { signIn, userPoolId } = readSettings(this.node);
    // The ID Default keeps the logical IDs of release 0.2.0.
    new CrmTriggersConsole(this, 'Default', { triggers: core.triggers, signIn, userPoolId });
  }
}
