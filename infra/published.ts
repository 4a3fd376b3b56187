import { Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

const parameterName = ({ stackName }: Stack, name: string): string => `/crm-triggers/${stackName}/${name}`;

/**
 * Publishes values of a stack for stacks that are deployed after it. They are parameters of SSM and not exports: CloudFormation
 * rejects to change or remove an export while a stack imports it, and settings do both.
 */
export function publish(scope: Construct, values: Readonly<Record<string, string>>): void {
  for (const [name, stringValue] of Object.entries(values))
    new StringParameter(scope, name, { parameterName: parameterName(Stack.of(scope), name), stringValue });
}

/** A value that a stack publishes, as it is when the stack of the scope is deployed. */
export function published(scope: Construct, of: Stack, name: string): string {
  return StringParameter.valueForStringParameter(scope, parameterName(of, name));
}
