import { AttributeType, Billing, StreamViewType, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { type Entity, entities, entityNames } from '../functions/core/entity.ts';
import { removalPolicy, type Settings } from './settings.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The CRM tables with their streams, and the tables of our own. */
export class Tables extends Construct {
  /** One per entity: agents' programs write them, their streams drive everything. */
  readonly crm: Readonly<Record<Entity, TableV2>>;
  /** An item per trigger: its URL. */
  readonly triggers: TableV2;
  /** Notifications that wait, and what became of tests. */
  readonly backlog: TableV2;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const house: Omit<TablePropsV2, 'partitionKey'> = {
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: removalPolicy(settings),
    };
    this.crm = Object.fromEntries(
      entityNames.map((entity) => {
        const [partition, sort] = entities[entity].key as readonly [string, string?];
        const table = new TableV2(this, `${entity[0]?.toUpperCase()}${entity.slice(1)}`, {
          ...house,
          partitionKey: text(partition),
          ...(sort && { sortKey: text(sort) }),
          dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
        });
        return [entity, table];
      }),
    ) as Record<Entity, TableV2>;
    this.triggers = new TableV2(this, 'Triggers', { ...house, partitionKey: text('trigger') });
    this.backlog = new TableV2(this, 'Backlog', {
      ...house,
      partitionKey: text('list'),
      sortKey: text('place'),
      timeToLiveAttribute: 'expiresAt',
    });
  }
}
