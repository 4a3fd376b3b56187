import { Names } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  BillingMode,
  type ITable,
  StreamViewType,
  Table,
  TableEncryption,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { capital } from '../functions/core/capital.ts';
import { type Entity, entities, perEntity } from '../functions/core/entity.ts';
import { type Binding, tableBinding } from './binding.ts';
import type { ExistingTables } from './existing-tables.ts';
import { removalPolicy, type Settings } from './settings.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The CRM tables with their streams, and the tables of the project. */
export class Tables extends Construct {
  /** One table per entity. Agents' programs write them. */
  readonly crm: Readonly<Record<Entity, ITable>>;
  /** One item per trigger, with its URL and state. */
  readonly triggers: TableV2;
  /** The backlogs, Failed and the results of test calls. */
  readonly backlog: TableV2;
  /** The history. No permission of a function allows a change or a deletion of its entries. */
  readonly audit: TableV2;
  /** One item per trigger, with its signing secrets and custom headers. */
  readonly secrets: Table;
  /** The result of every attempt. */
  readonly deliveryLog: TableV2;
  /** Encrypts the secrets. */
  readonly secretsKey: Key;

  /** @param existing The tables that are not created. The stack never deletes them. */
  constructor(scope: Construct, id: string, settings: Settings, existing: ExistingTables) {
    super(scope, id);
    const defaults: Omit<TablePropsV2, 'partitionKey'> = {
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: removalPolicy(settings),
      ...(settings.deletionProtection && { deletionProtection: true }),
    };
    this.crm = perEntity((entity): ITable => {
      const table = existing[entity];
      if (table) {
        new Construct(this, capital(entity));
        return table;
      }
      const [partition, sort] = entities[entity].key as readonly [string, string?];
      return new TableV2(this, capital(entity), {
        ...defaults,
        partitionKey: text(partition),
        ...(sort && { sortKey: text(sort) }),
        dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      });
    });
    this.triggers = new TableV2(this, 'Triggers', { ...defaults, partitionKey: text('trigger') });
    this.backlog = new TableV2(this, 'Backlog', {
      ...defaults,
      partitionKey: text('list'),
      sortKey: text('place'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.audit = new TableV2(this, 'Audit', {
      ...defaults,
      partitionKey: text('list'),
      sortKey: text('place'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.deliveryLog = new TableV2(this, 'DeliveryLog', {
      ...defaults,
      // No delivery depends on this table, and it is the largest. Point-in-time recovery would double its cost.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      partitionKey: text('shard'),
      sortKey: text('written'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.secretsKey = new Key(this, 'SecretsKey', {
      description: 'Encrypts the signing secrets and custom headers of crm-triggers',
      enableKeyRotation: true,
      removalPolicy: removalPolicy(settings),
    });
    // TableV2 accepts a customer-managed key only if the region is known at synthesis.
    this.secrets = new Table(this, 'Secrets', {
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: defaults.pointInTimeRecoverySpecification,
      removalPolicy: defaults.removalPolicy,
      ...(settings.deletionProtection && { deletionProtection: true }),
      partitionKey: text('trigger'),
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.secretsKey,
    });
  }

  /**
   * A name for an entity's table in logical IDs. It depends on the place of the tables in this construct only, so that an
   * existing table can move to another place in its app.
   */
  uniqueName(entity: Entity): string {
    return Names.nodeUniqueId(this.node.findChild(capital(entity)).node);
  }

  /** The table of secrets, for a function that reads it. DynamoDB decrypts it with the function's permissions on the key. */
  secretsBinding(): Binding {
    const { value, grant } = tableBinding(this.secrets, 'dynamodb:BatchGetItem');
    return {
      value,
      grant: (grantee) => {
        grant(grantee);
        this.secretsKey.grant(grantee, 'kms:Decrypt', 'kms:DescribeKey');
      },
    };
  }
}
