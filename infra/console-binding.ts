import { ArnFormat, type Stack, Token } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { entityNames, perEntity } from '../functions/core/entity.ts';
import { tableOutputs } from '../functions/core/table-output.ts';
import type { Outputs } from '../functions/operations/deployment.ts';
import type { Binding } from './binding.ts';
import { published } from './published.ts';
import { rowRulesOf, type Settings } from './settings.ts';
import type { CrmTriggersStack } from './stack.ts';

/** The outputs of the core stack, with the permissions that the operations of an admin need on its resources. */
export function consoleBinding(scope: Stack, core: CrmTriggersStack, settings: Settings): Binding {
  const outputs = outputsFor(scope, core, settings);
  return { value: scope.toJsonString(outputs), grant: (grantee) => grantAdmin(scope, core, outputs, grantee) };
}

/**
 * The outputs for the console's function. Their row rules contain only the names of the ID attributes, because the function does not
 * read the rest, and all ignored attributes could exceed the size limit of an environment.
 */
function outputsFor(scope: Stack, core: CrmTriggersStack, settings: Settings): Outputs {
  const known = Object.entries(core.outputs).map(([name, value]) => [
    name,
    Token.isUnresolved(value) ? published(scope, core, name) : value,
  ]);
  const rules = perEntity((entity) => ({ names: rowRulesOf(entity, settings).names }));
  return { ...Object.fromEntries(known), RowRules: JSON.stringify(rules) } as Outputs;
}

function grantAdmin(scope: Stack, core: CrmTriggersStack, outputs: Outputs, grantee: IGrantable): void {
  const allow = (resource: string, ...actions: string[]) =>
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource] }));
  const table = (resourceName: string) => scope.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  const read = ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'];
  allow(table(outputs.TriggersTable), ...read);
  allow(table(outputs.SecretsTable), ...read);
  const rows = ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];
  allow(table(outputs.BacklogTable), ...rows);
  allow(table(outputs.AuditTable), 'dynamodb:PutItem', 'dynamodb:Query');
  allow(table(outputs.DeliveryLogTable), 'dynamodb:Query');
  const keyActions = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
  allow(published(scope, core, 'SecretsKeyArn'), ...keyActions);
  for (const entity of entityNames) {
    const { tableArn, encryptionKey } = core.tables.crm[entity];
    const isAttached = !Token.isUnresolved(tableArn);
    allow(isAttached ? tableArn : table(outputs[tableOutputs[entity]]), 'dynamodb:GetItem');
    if (isAttached && encryptionKey) allow(encryptionKey.keyArn, 'kms:Decrypt');
  }
  allow(published(scope, core, 'DeliveryQueueArn'), 'sqs:SendMessage', 'sqs:GetQueueAttributes');
  const drain = { service: 'lambda', resource: 'function', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  allow(scope.formatArn({ ...drain, resourceName: outputs.DrainFunction }), 'lambda:InvokeFunction');
}
