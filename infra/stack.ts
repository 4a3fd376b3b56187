import { Stack, type StackProps, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CrmTriggers } from './crm-triggers.ts';
import { readSettings, readStage } from './settings.ts';
import { propsOf } from './stage-props.ts';

/** The core stack of a stage in cdk.json. */
export class CrmTriggersStack extends Stack {
  readonly triggers: CrmTriggers;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    // With the ID Default, the logical IDs are those of release 0.2.0, which had all constructs in the stack itself.
    this.triggers = new CrmTriggers(this, 'Default', propsOf(this, readStage(this.node), readSettings(this.node)));
    if (this.node.tryGetContext('keepExports')) this.#keepExports();
  }

  /** A console of release 0.2.0 imports these exports. They can be removed only after that console is upgraded. */
  #keepExports(): void {
    const { crmTables, tables, queue, deadLetterQueue, secretsKey, drain } = this.triggers;
    const { audit: _, ...exported } = tables;
    for (const { tableName, tableArn } of [...Object.values(crmTables), ...Object.values(exported)])
      if (Token.isUnresolved(tableArn)) for (const value of [tableName, tableArn]) this.exportValue(value);
    for (const value of [queue.queueUrl, queue.queueArn, deadLetterQueue.queueUrl, secretsKey.keyArn])
      this.exportValue(value);
    for (const value of [drain.functionName, drain.functionArn]) this.exportValue(value);
  }
}
