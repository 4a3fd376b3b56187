import { Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

const parameterName = ({ stackName }: Stack, name: string): string => `/crm-triggers/${stackName}/${name}`;

/**
 * Publishes values of a stack for stacks that are deployed after it, as SSM parameters. CloudFormation does not allow a change or
 * removal of an export that another stack imports, and a changed setting can do both.
 */
export function publish(scope: Construct, values: Readonly<Record<string, string>>): void {
  for (const [name, stringValue] of Object.entries(values))
    new StringParameter(scope, name, { parameterName: parameterName(Stack.of(scope), name), stringValue });
}

/** A value that another stack publishes. CloudFormation reads it when it deploys the stack of the scope. */
export function published(scope: Construct, of: Stack, name: string): string {
  return StringParameter.valueForStringParameter(scope, parameterName(of, name));
}
