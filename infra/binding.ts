import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** An environment variable that names a resource, with the permissions that its function gets on the resource. */
export interface Binding {
  readonly value: string;
  grant(grantee: IGrantable): void;
}

/** The name of a table, and the DynamoDB actions that the function may call on it. */
export function tableBinding(table: ITable, ...actions: readonly string[]): Binding {
  return { value: table.tableName, grant: (grantee) => table.grant(grantee, ...actions) };
}

/** The URL of a queue, and the SQS actions that the function may call on it. */
export function queueBinding(queue: IQueue, ...actions: readonly string[]): Binding {
  return { value: queue.queueUrl, grant: (grantee) => queue.grant(grantee, ...actions) };
}

/** The URL of a function in the API of Lambda, and the permission to start it. */
export function functionBinding(of: IFunction): Binding {
  const { region, urlSuffix } = Stack.of(of);
  return {
    value: `https://lambda.${region}.${urlSuffix}/2015-03-31/functions/${of.functionName}/invocations`,
    grant: (grantee) =>
      void grantee.grantPrincipal.addToPrincipalPolicy(
        // `grantInvoke` would also allow all versions and aliases.
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [of.functionArn] }),
      ),
  };
}

/** The environment of a function: a plain text, or a binding, for each of its variables. */
export type Bindings<Environment extends Record<string, string>> = {
  readonly [Name in keyof Environment]: string | Binding;
};

/** The value of each variable. */
export function valuesOf(bindings: Readonly<Record<string, string | Binding>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bindings).map(([name, binding]) => [name, typeof binding === 'string' ? binding : binding.value]),
  );
}
