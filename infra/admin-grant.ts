import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { type Entity, entityNames } from '../functions/core/entity.ts';
import { tableOutputs } from '../functions/core/table-output.ts';
import type { Outputs } from '../functions/operations/deployment.ts';
import { published } from './published.ts';

/** The construct on whose resources an admin works. */
export interface Administered extends IConstruct {
  readonly crmTables: Readonly<Record<Entity, ITable>>;
  readonly outputs: Outputs;
  readonly published: Readonly<Record<string, string>>;
}

/** A value of a CrmTriggers for a stack: its own, or the one that it publishes for other stacks. */
export function valueFor(stack: Stack, triggers: Administered, name: string): string {
  const value = triggers.published[name] ?? (triggers.outputs as Readonly<Record<string, string>>)[name] ?? '';
  const home = Stack.of(triggers);
  return stack === home || !Token.isUnresolved(value) ? value : published(stack, home, name);
}

/**
 * Grants the permissions that the operations of an admin need.
 *
 * @throws {Error} One line, when the grantee's policies cannot be changed.
 */
export function grantAdmin(triggers: Administered, grantee: IGrantable): void {
  const stack = Stack.of(Construct.isConstruct(grantee) ? grantee : triggers);
  const value = (name: string) => valueFor(stack, triggers, name);
  const allow = (resource: string, ...actions: string[]) => {
    const statement = new PolicyStatement({ actions, resources: [resource] });
    if (grantee.grantPrincipal.addToPrincipalPolicy(statement).statementAdded) return;
    throw new Error(
      `The grantee of grantAdmin of ${triggers.node.path} has no policy that can be changed. To fix this, pass a role, a user or a function of this app.`,
    );
  };
  const table = (output: string) =>
    stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: value(output) });
  const read = ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'];
  allow(table('TriggersTable'), ...read);
  allow(table('SecretsTable'), ...read);
  allow(table('BacklogTable'), 'dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem');
  allow(table('AuditTable'), 'dynamodb:PutItem', 'dynamodb:Query');
  allow(table('DeliveryLogTable'), 'dynamodb:Query');
  const keyActions = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
  allow(value('SecretsKeyArn'), ...keyActions);
  for (const entity of entityNames) {
    const { tableArn, encryptionKey } = triggers.crmTables[entity];
    const arn = Token.isUnresolved(tableArn) ? table(tableOutputs[entity]) : tableArn;
    allow(arn, 'dynamodb:GetItem', 'dynamodb:Scan', 'dynamodb:DescribeTable');
    if (encryptionKey) allow(encryptionKey.keyArn, 'kms:Decrypt');
  }
  allow(value('DeliveryQueueArn'), 'sqs:SendMessage', 'sqs:GetQueueAttributes');
  const letters = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];
  allow(value('DeadLetterQueueArn'), ...letters);
  const drain = { service: 'lambda', resource: 'function', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  allow(stack.formatArn({ ...drain, resourceName: value('DrainFunction') }), 'lambda:InvokeFunction');
}
