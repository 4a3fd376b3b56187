import { Duration, Names, Stack } from 'aws-cdk-lib';
import type { ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { captureEnv, Variables } from '../functions/adapters/env.ts';
import { type Action, type Entity, entities } from '../functions/core/entity.ts';
import { queueBinding, tableBinding } from './binding.ts';
import { ServiceFunction } from './service-function.ts';
import { rowRulesOf, type Settings } from './settings.ts';
import type { Unsent } from './unsent.ts';

interface CaptureProps {
  readonly entity: Entity;
  readonly table: ITable;
  readonly triggers: TableV2;
  readonly queue: Queue;
  readonly backlog: TableV2;
  readonly unsent: Unsent;
  readonly settings: Settings;
}

/** One entity's stream → capture → the delivery queue. */
export class Capture extends Construct {
  readonly function: ServiceFunction<Variables<typeof captureEnv>>;

  constructor(scope: Construct, id: string, props: CaptureProps) {
    super(scope, id);
    const { entity, table, triggers, backlog, queue, unsent, settings } = props;
    const backlogActions = ['dynamodb:PutItem', ...(settings.recordLimit ? ['dynamodb:UpdateItem'] : [])];
    this.function = new ServiceFunction(this, 'Function', {
      folder: 'capture',
      environment: {
        ENTITY: entity,
        TRIGGERS_TABLE: tableBinding(triggers, 'dynamodb:BatchGetItem'),
        QUEUE_URL: queueBinding(queue, 'sqs:SendMessage'),
        BACKLOG_TABLE: tableBinding(backlog, ...backlogActions),
        ROW_RULES: JSON.stringify(rowRulesOf(entity, settings)),
        RECORD_LIMIT: JSON.stringify(settings.recordLimit ?? null),
        METRICS_NAMESPACE: Stack.of(this).stackName,
      },
      timeout: Duration.seconds(60),
      memoryMiB: 256,
      settings,
    });
    this.#grantStream(table);
    // Not DynamoEventSource, which allows ListStreams on the stream, where it counts for nothing; the id is the one that it gives.
    this.function.addEventSourceMapping(`DynamoDBEventSource:${Names.nodeUniqueId(table.node)}`, {
      eventSourceArn: table.tableStreamArn as string,
      // LATEST can miss what is written while the mapping is being made.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: settings.captureParallelization,
      ...(settings.captureWindowSeconds > 0 && {
        maxBatchingWindow: Duration.seconds(settings.captureWindowSeconds),
      }),
      filters: filtersOf(entity),
      bisectBatchOnError: true,
      // Capture throws only when the queue takes nothing, and then the stream has to wait. Just before the stream
      // forgets (24 h), what is still unsent is kept whole in a bucket: a queue would hold pointers into the stream.
      maxRecordAge: Duration.hours(23),
      onFailure: unsent,
    });
  }

  #grantStream(table: ITable): void {
    table.grantStream(this.function, 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator');
    table.encryptionKey?.grant(this.function, 'kms:Decrypt', 'kms:DescribeKey');
    // IAM knows no resource for it: allowed on a stream it is rejected.
    this.function.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }));
  }
}

const eventNames: Readonly<Record<Action, string>> = { create: 'INSERT', edit: 'MODIFY', delete: 'REMOVE' };

/**
 * Lets through what has a trigger and was done by somebody. A row that DynamoDB itself removed, by time to live, carries
 * a `userIdentity`; on other records the field is absent, or null in records that some emulators make.
 */
function filtersOf(entity: Entity) {
  const written = entities[entity].actions.filter((action) => action !== 'delete').map((action) => eventNames[action]);
  return [
    FilterCriteria.filter({ eventName: FilterRule.or(...written) }),
    FilterCriteria.filter({
      eventName: FilterRule.isEqual(eventNames.delete),
      userIdentity: { principalId: FilterRule.notExists() },
    }),
    FilterCriteria.filter({ eventName: FilterRule.isEqual(eventNames.delete), userIdentity: FilterRule.null() }),
  ];
}
