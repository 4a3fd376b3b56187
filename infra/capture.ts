import { Duration, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { captureEnv, Variables } from '../functions/adapters/env.ts';
import { type Action, type Entity, entities } from '../functions/core/entity.ts';
import { queueBinding, tableBinding } from './binding.ts';
import { ServiceFunction } from './service-function.ts';
import { rowRulesOf, type Settings } from './settings.ts';
import type { Tables } from './tables.ts';
import type { UndeliveredRecords } from './undelivered-records.ts';

interface CaptureProps {
  readonly entity: Entity;
  readonly tables: Tables;
  readonly queue: Queue;
  readonly undelivered: UndeliveredRecords;
  readonly settings: Settings;
}

/** One entity's stream → capture → the delivery queue. */
export class Capture extends Construct {
  readonly function: ServiceFunction<Variables<typeof captureEnv>>;

  constructor(scope: Construct, id: string, props: CaptureProps) {
    super(scope, id);
    const { entity, tables, queue, undelivered, settings } = props;
    const table = tables.crm[entity];
    const backlogActions = ['dynamodb:PutItem', ...(settings.recordLimit ? ['dynamodb:UpdateItem'] : [])];
    this.function = new ServiceFunction(this, 'Function', {
      folder: 'capture',
      environment: {
        ENTITY: entity,
        TRIGGERS_TABLE: tables.withUrlBinding(),
        QUEUE_URL: queueBinding(queue, 'sqs:SendMessage'),
        BACKLOG_TABLE: tableBinding(tables.backlog, ...backlogActions),
        ROW_RULES: JSON.stringify(rowRulesOf(entity, settings)),
        RECORD_LIMIT: JSON.stringify(settings.recordLimit ?? null),
        METRICS_NAMESPACE: Stack.of(this).stackName,
      },
      timeout: Duration.seconds(60),
      memoryMiB: 256,
      settings,
    });
    this.#grantStream(table);
    // DynamoEventSource would grant ListStreams on the stream, which has no effect. The ID is the one that it would use.
    this.function.addEventSourceMapping(`DynamoDBEventSource:${tables.uniqueName(entity)}`, {
      eventSourceArn: table.tableStreamArn as string,
      // LATEST can miss rows that are written while the mapping is created.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: settings.captureParallelization,
      ...(settings.captureWindowSeconds > 0 && {
        maxBatchingWindow: Duration.seconds(settings.captureWindowSeconds),
      }),
      filters: filtersOf(entity),
      bisectBatchOnError: true,
      // Capture throws only when the queue accepts no message, and the stream then waits. DynamoDB deletes stream records after 24
      // hours. Shortly before, Lambda writes the whole records to the bucket; a queue would only get pointers into the stream.
      maxRecordAge: Duration.hours(23),
      onFailure: undelivered,
    });
  }

  #grantStream(table: ITable): void {
    table.grantStream(this.function, 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator');
    table.encryptionKey?.grant(this.function, 'kms:Decrypt', 'kms:DescribeKey');
    // ListStreams supports no resource-level permissions: a grant on a stream has no effect.
    this.function.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }));
  }
}

const eventNames: Readonly<Record<Action, string>> = { create: 'INSERT', edit: 'MODIFY', delete: 'REMOVE' };

/**
 * Passes records whose action has a trigger, except rows that time to live removed. Those carry a `userIdentity`; in other records the
 * field is absent, or null on some emulators.
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
