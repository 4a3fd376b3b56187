import { Annotations, CfnOutput, Stack, Token } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { capital } from '../functions/core/capital.ts';
import { type Entity, entityNames, perEntity } from '../functions/core/entity.ts';
import { type TableOutput, tableOutputs } from '../functions/core/table-output.ts';
import { VERSION } from '../functions/core/version.ts';
import { inBatches } from '../functions/core/waves.ts';
import type { Outputs } from '../functions/operations/deployment.ts';
import { grantAdmin } from './admin-grant.ts';
import { Capture } from './capture.ts';
import { CliPolicies } from './cli-policies.ts';
import type { CrmTriggersProps } from './crm-triggers-props.ts';
import { Deliver } from './deliver.ts';
import { Drain } from './drain.ts';
import { existingTables } from './existing-tables.ts';
import { Monitoring } from './monitoring.ts';
import { networkOf } from './network.ts';
import { settingsOf } from './props.ts';
import { publish } from './published.ts';
import { DeliveryQueue } from './queue.ts';
import { rowRulesOf, type Settings } from './settings.ts';
import { Tables } from './tables.ts';
import { UndeliveredRecords } from './undelivered-records.ts';

/**
 * Calls a URL when a customer, case, followup or task changes: tables → capture → queue → deliver, backlogs → drain, and their
 * monitoring. A stack has at most one, because the command line finds it by the outputs of its stack.
 */
export class CrmTriggers extends Construct {
  /** The CRM tables, new or existing, by entity. */
  readonly crmTables: Readonly<Record<Entity, ITable>>;
  /** The tables of the project: one item per trigger, the backlogs, the history, the secrets and the delivery log. */
  readonly tables: Readonly<Record<'triggers' | 'backlog' | 'audit' | 'secrets' | 'deliveryLog', ITable>>;
  /** Encrypts the secrets and the URLs. */
  readonly secretsKey: IKey;
  /** The FIFO queue between capture and deliver. */
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  /** The bucket for change records that the queue did not accept for 23 hours. */
  readonly undelivered: IBucket;
  /** One function per entity. */
  readonly captures: Readonly<Record<Entity, IFunction>>;
  readonly deliver: IFunction;
  readonly drain: IFunction;
  readonly alarms: readonly IAlarm[];
  /** The outputs of the stack. The command line and the console find the resources by them. @internal */
  readonly outputs: Outputs;
  /** The values for stacks that are deployed after this one. @internal */
  readonly published: Readonly<Record<string, string>>;
  /** The checked props. @internal */
  readonly settings: Settings;

  /** @throws {Error} One line per invalid prop, with its path and the expected value; or when the stack has a CrmTriggers already. */
  constructor(scope: Construct, id: string, props: CrmTriggersProps = {}) {
    super(scope, id);
    rejectSecond(this);
    const settings = settingsOf(props);
    const tables = new Tables(this, 'Tables', settings, existingTables(props));
    const { queue, deadLetterQueue } = new DeliveryQueue(this, 'Delivery', settings);
    const undelivered = new UndeliveredRecords(this, 'Unsent', settings);
    const captures = perEntity(
      (entity) =>
        new Capture(this, `Capture${capital(entity)}`, { entity, tables, queue, undelivered, settings }).function,
    );
    const network = networkOf(this, props);
    const { function: drain } = new Drain(this, 'Drain', { tables, settings, network });
    const { function: deliver } = new Deliver(this, 'Deliver', {
      queue,
      deadLetterQueue,
      drain,
      tables,
      settings,
      network,
    });
    const { alarms, topic } = new Monitoring(
      this,
      'Monitoring',
      {
        captures: Object.values(captures),
        deliver,
        drain,
        queue,
        deadLetterQueue,
        undelivered,
        namespace: Stack.of(this).stackName,
        settings,
      },
      props.alarmActions ?? [],
    );
    const { triggers, backlog, audit, secrets, deliveryLog, secretsKey } = tables;
    this.crmTables = tables.crm;
    this.tables = { triggers, backlog, audit, secrets, deliveryLog };
    this.secretsKey = secretsKey;
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    this.undelivered = undelivered;
    this.captures = captures;
    this.deliver = deliver;
    this.drain = drain;
    this.alarms = alarms;
    this.settings = settings;
    this.outputs = outputsOf(this);
    for (const [name, value] of Object.entries(this.outputs))
      new CfnOutput(this, name, { value }).overrideLogicalId(name);
    this.published = {
      ...Object.fromEntries(Object.entries(this.outputs).filter(([, value]) => Token.isUnresolved(value))),
      DeliveryQueueArn: queue.queueArn,
      DeadLetterQueueArn: deadLetterQueue.queueArn,
      SecretsKeyArn: secretsKey.keyArn,
      ...(topic && { AlarmTopicArn: topic.topicArn }),
    };
    publish(new Construct(this, 'Published'), { ...this.published, ...alarmNamesOf(alarms) });
    if (settings.cliPolicies) new CliPolicies(this);
    if (settings.keepData && !settings.deletionProtection)
      Annotations.of(this).addInfo(
        `The tables of stage ${settings.stage} are not protected from deletion. To fix this after the first deployment, set deletionProtection to true and deploy again.`,
      );
  }

  /**
   * Allows a role or function to do what an admin can: read and set URLs, secrets and headers, pause, redeliver, backfill, send dead letters back,
   * and read rows.
   *
   * @throws {Error} One line, when policies of the grantee cannot be changed, as of an imported principal.
   */
  grantAdmin(grantee: IGrantable): void {
    grantAdmin(this, grantee);
  }
}

/** The outputs of a stack and the values that it publishes have fixed names. */
function rejectSecond(triggers: CrmTriggers): void {
  const stack = Stack.of(triggers);
  const other = stack.node.findAll().find((node) => node instanceof CrmTriggers && node !== triggers);
  if (other && Stack.of(other) === stack)
    throw new Error(
      `The stack ${stack.stackName} has a CrmTriggers already, ${other.node.path}. To fix this, use a stack for each CrmTriggers.`,
    );
}

/** The maximum number of alarms in a parameter. A name has at most 255 characters, and a parameter 4,096. */
const NAMES = 15;

/** The generated names of the alarms, for the console. */
function alarmNamesOf(alarms: readonly IAlarm[]): Record<string, string> {
  const parts = inBatches(alarms, NAMES).map((part, index) => [
    `AlarmNames/${index}`,
    part.map(({ alarmName }) => alarmName).join(),
  ]);
  return Object.fromEntries(parts);
}

function outputsOf({ crmTables, tables, queue, deadLetterQueue, drain, settings }: CrmTriggers): Outputs {
  const { allowHttp, allowedPorts, allowedPrivateNetworks } = settings;
  const crm = Object.fromEntries(entityNames.map((entity) => [tableOutputs[entity], crmTables[entity].tableName]));
  return {
    ...(crm as Record<TableOutput, string>),
    TriggersTable: tables.triggers.tableName,
    BacklogTable: tables.backlog.tableName,
    AuditTable: tables.audit.tableName,
    SecretsTable: tables.secrets.tableName,
    DeliveryLogTable: tables.deliveryLog.tableName,
    LoggedAttempts: settings.deliveryLog,
    DeliveryQueueUrl: queue.queueUrl,
    DeadLetterQueueUrl: deadLetterQueue.queueUrl,
    DrainFunction: drain.functionName,
    DestinationRules: JSON.stringify({ allowHttp, allowedPorts, allowedPrivateNetworks }),
    RowRules: JSON.stringify(perEntity((entity) => rowRulesOf(entity, settings))),
    Stage: settings.stage,
    Version: VERSION,
  };
}
