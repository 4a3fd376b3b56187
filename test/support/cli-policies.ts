import assert from 'node:assert/strict';
import { all, only, type Properties, plain, synth } from './template.ts';

/** The stack with the managed policies. */
export const withPolicies = synth(undefined, { main: { cliPolicies: true } });

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly attributes: readonly string[] | undefined;
}

export function statementsOf(name: 'Viewer' | 'Admin'): Statement[] {
  const [, { PolicyDocument }] = only(
    all('AWS::IAM::ManagedPolicy', withPolicies).filter(([id]) => plain(id) === `CliPolicies${name}`),
  );
  return PolicyDocument.Statement.map(({ Effect, Action, Resource, Condition }: Properties) => {
    assert.equal(Effect, 'Allow');
    return {
      actions: [Action].flat(),
      resources: [Resource].flat().map(resourceName),
      attributes: Condition?.['ForAllValues:StringEquals']['dynamodb:Attributes'],
    };
  });
}

/** The logical name of a resource, also in an ARN that is built from its name. Other values are returned as they are. */
function resourceName(value: Properties | string): string {
  if (typeof value === 'string') return value;
  const [id] = value['Fn::GetAtt'] ?? [value.Ref];
  if (id) return plain(id);
  const parts: (Properties | string)[] = value['Fn::Join'][1];
  const last = parts.at(-1) ?? '';
  return typeof last === 'string' ? last.replace(/^:/, '') : plain(last.Ref);
}
