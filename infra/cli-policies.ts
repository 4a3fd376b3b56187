import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SHOWN_ATTRIBUTES } from '../functions/adapters/trigger-rows.ts';
import type { Entity } from '../functions/core/entity.ts';
import { type Administered, grantAdmin } from './admin-grant.ts';
import { readsOnly } from './tables.ts';

/** The resources that the commands use. */
interface Commanded extends Administered {
  readonly tables: Readonly<Record<'triggers' | 'backlog' | 'audit' | 'deliveryLog', ITable>>;
  readonly secretsKey: IKey;
  readonly queue: IQueue;
  readonly captures: Readonly<Record<Entity, IFunction>>;
  readonly deliver: IFunction;
  readonly drain: IFunction;
}

/** Actions on one resource. */
type Allowed = readonly [resource: string, ...actions: string[]];

/**
 * Two IAM managed policies for users of the command line. Admins may do what each command does. Viewers may use `list`, `log`,
 * `failed`, `history` and `export`: they may read neither the secrets nor the URLs, only their masked forms.
 */
export class CliPolicies extends Construct {
  constructor(triggers: Commanded) {
    super(triggers, 'CliPolicies');
    const viewer = new ManagedPolicy(this, 'Viewer', {
      description: 'Read everything of crm-triggers on the command line except secrets and credentials in URLs',
      statements: [...viewing(triggers).map(statement), readsOnly(triggers.tables.triggers.tableArn, SHOWN_ATTRIBUTES)],
    });
    const admin = new ManagedPolicy(this, 'Admin', {
      description: 'Use all commands of crm-triggers',
      statements: administering(triggers).map(statement),
    });
    grantAdmin(triggers, admin);
    new CfnOutput(this, 'ViewerPolicyArn', { value: viewer.managedPolicyArn }).overrideLogicalId('ViewerPolicyArn');
    new CfnOutput(this, 'AdminPolicyArn', { value: admin.managedPolicyArn }).overrideLogicalId('AdminPolicyArn');
  }
}

const statement = ([resource, ...actions]: Allowed) => new PolicyStatement({ actions, resources: [resource] });

/** What `list`, `log`, `failed`, `history` and `export` read. Exports are recorded in the history. */
function viewing(triggers: Commanded): Allowed[] {
  const { tables, queue, secretsKey } = triggers;
  return [
    [stackArn(triggers), 'cloudformation:DescribeStacks'],
    [tables.backlog.tableArn, 'dynamodb:Query'],
    [tables.deliveryLog.tableArn, 'dynamodb:Query'],
    [tables.audit.tableArn, 'dynamodb:Query', 'dynamodb:PutItem'],
    [queue.queueArn, 'sqs:GetQueueAttributes'],
    [secretsKey.keyArn, 'kms:Decrypt', 'kms:DescribeKey'],
  ];
}

/** What `doctor` needs in addition to the permissions of the page. */
function administering(triggers: Commanded): Allowed[] {
  const { captures, deliver, drain } = triggers;
  const stack = Stack.of(triggers);
  const functions = [...Object.values(captures), deliver, drain];
  return [
    [stackArn(triggers), 'cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
    ...functions.flatMap((lambda): Allowed[] => [
      [lambda.functionArn, 'lambda:GetFunctionConfiguration', 'lambda:GetFunctionConcurrency'],
      ...(lambda.role ? [[lambda.role.roleArn, 'iam:SimulatePrincipalPolicy'] as const] : []),
    ]),
    // ListEventSourceMappings supports no resource-level permissions, and mappings have generated names.
    ['*', 'lambda:ListEventSourceMappings', 'lambda:GetEventSourceMapping'],
    [
      stack.formatArn({ service: 'events', resource: 'rule', resourceName: `${stack.stackName}-*` }),
      'events:DescribeRule',
    ],
  ];
}

/** The ARN of the stack. The command line names the stack without its ID. */
function stackArn(triggers: Commanded): string {
  const stack = Stack.of(triggers);
  return stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${stack.stackName}/*` });
}
