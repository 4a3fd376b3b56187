import { Annotations, CfnOutput, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { capital } from '../functions/core/capital.ts';
import { entityNames, perEntity } from '../functions/core/entity.ts';
import { type TableOutput, tableOutputs } from '../functions/core/table-output.ts';
import type { UrlPolicy } from '../functions/core/url-policy.ts';
import type { Outputs } from '../functions/operations/deployment.ts';
import manifest from '../package.json' with { type: 'json' };
import { Capture } from './capture.ts';
import { Deliver } from './deliver.ts';
import { Drain } from './drain.ts';
import { Monitoring } from './monitoring.ts';
import { networkOf } from './network.ts';
import { publish } from './published.ts';
import { DeliveryQueue } from './queue.ts';
import { readSettings, readStage, rowRulesOf } from './settings.ts';
import { Tables } from './tables.ts';
import { UndeliveredRecords } from './undelivered-records.ts';

/** The core stack: tables → capture → queue → deliver, backlogs → drain, and their monitoring. */
export class CrmTriggersStack extends Stack {
  readonly tables: Tables;
  /** The command line and the console find the resources of the stack by these outputs. */
  readonly outputs: Outputs;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const settings = readSettings(this.node);
    const tables = new Tables(this, 'Tables', settings);
    const { queue, deadLetterQueue } = new DeliveryQueue(this, 'Delivery', settings);
    const undelivered = new UndeliveredRecords(this, 'Unsent', settings);
    const { triggers, backlog } = tables;
    const captures = entityNames.map(
      (entity) =>
        new Capture(this, `Capture${capital(entity)}`, {
          entity,
          tables,
          queue,
          undelivered,
          settings,
        }).function,
    );
    const network = networkOf(this, settings);
    const deliver = new Deliver(this, 'Deliver', { queue, deadLetterQueue, tables, settings, network });
    const drain = new Drain(this, 'Drain', { tables, settings, network });
    new Monitoring(this, 'Monitoring', {
      captures,
      deliver: deliver.function,
      drain: drain.function,
      queue,
      deadLetterQueue,
      undelivered,
      namespace: this.stackName,
      settings,
    });

    const { allowHttp, allowedPorts, allowedPrivateNetworks } = settings;
    const rules: UrlPolicy = { allowHttp, allowedPorts, allowedPrivateNetworks };
    this.tables = tables;
    const crmTables = Object.fromEntries(
      entityNames.map((entity) => [tableOutputs[entity], tables.crm[entity].tableName]),
    ) as Record<TableOutput, string>;
    this.outputs = {
      ...crmTables,
      TriggersTable: triggers.tableName,
      BacklogTable: backlog.tableName,
      AuditTable: tables.audit.tableName,
      SecretsTable: tables.secrets.tableName,
      DeliveryLogTable: tables.deliveryLog.tableName,
      DeliveryQueueUrl: queue.queueUrl,
      DeadLetterQueueUrl: deadLetterQueue.queueUrl,
      DrainFunction: drain.function.functionName,
      DestinationRules: JSON.stringify(rules),
      RowRules: JSON.stringify(perEntity((entity) => rowRulesOf(entity, settings))),
      Stage: readStage(this.node),
      Version: manifest.version,
    };
    for (const [name, value] of Object.entries(this.outputs)) new CfnOutput(this, name, { value });
    publish(new Construct(this, 'Published'), {
      ...Object.fromEntries(Object.entries(this.outputs).filter(([, value]) => Token.isUnresolved(value))),
      DeliveryQueueArn: queue.queueArn,
      SecretsKeyArn: tables.secretsKey.keyArn,
    });
    if (this.node.tryGetContext('keepExports')) {
      // A console of release 0.2.0 imports these exports. They can be removed only after that console is upgraded.
      const { crm, secrets, deliveryLog } = tables;
      const all = [...Object.values(crm), triggers, backlog, secrets, deliveryLog];
      for (const table of all.filter(({ tableArn }) => Token.isUnresolved(tableArn))) {
        this.exportValue(table.tableName);
        this.exportValue(table.tableArn);
      }
      for (const value of [queue.queueUrl, queue.queueArn, deadLetterQueue.queueUrl, tables.secretsKey.keyArn])
        this.exportValue(value);
      this.exportValue(drain.function.functionName);
      this.exportValue(drain.function.functionArn);
    }
    if (settings.keepData && !settings.deletionProtection)
      Annotations.of(this).addInfo(
        `The tables and stacks of stage ${readStage(this.node)} are not protected from deletion. To fix this after the first deployment, set deletionProtection to true in cdk.json and deploy again.`,
      );
  }
}
