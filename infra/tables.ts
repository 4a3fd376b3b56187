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
import { attach } from './attached-table.ts';
import { type Binding, tableBinding } from './binding.ts';
import { removalPolicy, type Settings } from './settings.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The CRM tables with their streams, and the tables of our own. */
export class Tables extends Construct {
  /** One per entity: agents' programs write them, their streams drive everything. */
  readonly crm: Readonly<Record<Entity, ITable>>;
  /** An item per trigger: its URL. */
  readonly triggers: TableV2;
  /** Notifications that wait, and what became of tests. */
  readonly backlog: TableV2;
  /** An item per trigger: what it signs with, and the headers of its receiver's own. */
  readonly secrets: Table;
  /** The result of every attempt. */
  readonly deliveryLog: TableV2;
  /** Encrypts the secrets. */
  readonly secretsKey: Key;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const house: Omit<TablePropsV2, 'partitionKey'> = {
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: removalPolicy(settings),
      ...(settings.deletionProtection && { deletionProtection: true }),
    };
    this.crm = perEntity((entity): ITable => {
      const attached = settings.tables[entity];
      if (attached) return attach(this, entity, attached);
      const [partition, sort] = entities[entity].key as readonly [string, string?];
      return new TableV2(this, capital(entity), {
        ...house,
        partitionKey: text(partition),
        ...(sort && { sortKey: text(sort) }),
        dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      });
    });
    this.triggers = new TableV2(this, 'Triggers', { ...house, partitionKey: text('trigger') });
    this.backlog = new TableV2(this, 'Backlog', {
      ...house,
      partitionKey: text('list'),
      sortKey: text('place'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.deliveryLog = new TableV2(this, 'DeliveryLog', {
      ...house,
      // Nothing is delivered by it, and it is the largest of our tables: to keep every second of it would cost as much again.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      partitionKey: text('shard'),
      sortKey: text('written'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.secretsKey = new Key(this, 'SecretsKey', {
      description: 'Encrypts what crm-triggers signs its calls with',
      enableKeyRotation: true,
      removalPolicy: removalPolicy(settings),
    });
    // Not a TableV2: that takes a key only where the region is known when the stack is synthesized.
    this.secrets = new Table(this, 'Secrets', {
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: house.pointInTimeRecoverySpecification,
      removalPolicy: house.removalPolicy,
      ...(settings.deletionProtection && { deletionProtection: true }),
      partitionKey: text('trigger'),
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.secretsKey,
    });
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
