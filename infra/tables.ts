import { Names } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  BillingMode,
  type CfnGlobalTable,
  type ITable,
  StreamViewType,
  Table,
  TableEncryption,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { SET_ATTRIBUTES } from '../functions/adapters/trigger-rows.ts';
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
  /** Encrypts the secrets and the triggers. */
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
    this.secretsKey = new Key(this, 'SecretsKey', {
      description: 'Encrypts the signing secrets, custom headers and URLs of crm-triggers',
      enableKeyRotation: true,
      removalPolicy: removalPolicy(settings),
    });
    this.triggers = new TableV2(this, 'Triggers', { ...defaults, partitionKey: text('trigger') });
    // MiniStack replaces a global table at each update, and would lose the URLs of an earlier release.
    if (!settings.emulated) encryptWith(this.secretsKey, this.triggers);
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

  /** The table of secrets, for a function that reads it. */
  secretsBinding(): Binding {
    return this.#encrypted(tableBinding(this.secrets, 'dynamodb:BatchGetItem'), READ_KEY);
  }

  /** The table of triggers, for a function that reads URLs and changes states. */
  triggersBinding(): Binding {
    return this.#encrypted(tableBinding(this.triggers, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'), WRITE_KEY);
  }

  /** The table of triggers, for a function that may only know which triggers have a URL. */
  withUrlBinding(): Binding {
    const statement = readsOnly(this.triggers.tableArn, SET_ATTRIBUTES);
    const grant = (grantee: IGrantable) => void grantee.grantPrincipal.addToPrincipalPolicy(statement);
    return this.#encrypted({ value: this.triggers.tableName, grant }, READ_KEY);
  }

  /** DynamoDB uses the key with the permissions of the function. */
  #encrypted({ value, grant }: Binding, keyActions: readonly string[]): Binding {
    return {
      value,
      grant: (grantee) => {
        grant(grantee);
        this.secretsKey.grant(grantee, ...keyActions);
      },
    };
  }
}

const READ_KEY = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE_KEY = [...READ_KEY, 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/** TableV2 accepts a customer-managed key only if the region is known at synthesis. */
function encryptWith(key: Key, table: TableV2): void {
  const cfn = table.node.defaultChild as CfnGlobalTable;
  cfn.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
  cfn.addPropertyOverride('Replicas.0.SSESpecification.KMSMasterKeyId', key.keyArn);
}

/**
 * Allows reads of some attributes only. DynamoDB rejects a request for others, and one that does not list its attributes.
 * Source: Amazon DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control".
 */
export function readsOnly(tableArn: string, attributes: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:BatchGetItem'],
    resources: [tableArn],
    conditions: {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    },
  });
}
