import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { capital } from '../functions/core/capital.ts';
import type { DestinationRules } from '../functions/core/destination-rules.ts';
import { entityNames } from '../functions/core/entity.ts';
import { Capture } from './capture.ts';
import { Deliver } from './deliver.ts';
import { Drain } from './drain.ts';
import { DeliveryQueue } from './queue.ts';
import { readSettings } from './settings.ts';
import { Tables } from './tables.ts';
import { Unsent } from './unsent.ts';

/** The map: tables → capture → queue → deliver, and drain for what had to wait. */
export class CrmTriggersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const settings = readSettings(this.node);
    const tables = new Tables(this, 'Tables', settings);
    const { queue, deadLetterQueue } = new DeliveryQueue(this, 'Delivery', settings);
    const unsent = new Unsent(this, 'Unsent', settings);
    const { triggers, backlog } = tables;
    for (const entity of entityNames) {
      const table = tables.crm[entity];
      new Capture(this, `Capture${capital(entity)}`, {
        entity,
        table,
        triggers,
        backlog,
        queue,
        unsent,
        settings,
      });
      new CfnOutput(this, `${capital(entity)}Table`, { value: table.tableName });
    }
    new Deliver(this, 'Deliver', { queue, deadLetterQueue, tables, settings });
    const drain = new Drain(this, 'Drain', { tables, settings });

    const { allowHttp, allowedPorts, allowedPrivateNetworks } = settings;
    const rules: DestinationRules = { allowHttp, allowedPorts, allowedPrivateNetworks };
    // For the command line, so that what may not be called cannot be typed.
    new CfnOutput(this, 'DestinationRules', { value: JSON.stringify(rules) });
    new CfnOutput(this, 'TriggersTable', { value: triggers.tableName });
    new CfnOutput(this, 'BacklogTable', { value: backlog.tableName });
    new CfnOutput(this, 'SecretsTable', { value: tables.secrets.tableName });
    new CfnOutput(this, 'DeliveryLogTable', { value: tables.deliveryLog.tableName });
    new CfnOutput(this, 'DrainFunction', { value: drain.function.functionName });
    new CfnOutput(this, 'DeliveryQueueUrl', { value: queue.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetterQueue.queueUrl });
  }
}
