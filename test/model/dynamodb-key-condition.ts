import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Schema } from './dynamodb-table.ts';
import type { Item } from './dynamodb-values.ts';
import { type Condition, InvalidExpression, resolve, type Scope } from './expression-parts.ts';

/** The range of a query. */
export interface Range {
  readonly partition: AttributeValue;
  /** Returns whether a key is in the range. */
  readonly includes: (key: Item) => boolean;
  readonly hasSortCondition: boolean;
}

const sortOperators: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=', 'BETWEEN', 'begins_with']);

/** Checks the key condition of a query, and returns its range. */
export function keyCondition(condition: Condition | undefined, scope: Scope, schema: Schema): Range {
  const parts = condition?.operator === 'AND' ? condition.inner : condition ? [condition] : [];
  const named = parts.map((part) => ({ part, name: nameIn(part, scope) }));
  const [hash, sort] = schema;
  const byPartition = named.find(({ name }) => name === hash?.name)?.part;
  if (!byPartition) throw new InvalidExpression(`Query condition missed key schema element: ${hash?.name}`);
  if (byPartition.operator !== '=') throw new InvalidExpression('Query key condition not supported');
  const rest = named.filter(({ part }) => part !== byPartition);
  const [bySort] = rest;
  if (rest.length > 1)
    throw new InvalidExpression(
      'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
    );
  if (bySort && (!sort || bySort.name !== sort.name))
    throw new InvalidExpression(
      sort ? `Query condition missed key schema element: ${sort.name}` : 'Query key condition not supported',
    );
  for (const { part } of named) {
    const { type } = (part === byPartition ? hash : sort) ?? { type: '' };
    for (const { value } of part.operands) {
      const given = value && scope.values[value];
      if (given && !(type in given))
        throw new InvalidExpression(
          'One or more parameter values were invalid: Condition parameter type does not match schema type',
        );
      if (given && (given.S === '' || given.B?.length === 0) && part === byPartition)
        throw new InvalidExpression(
          `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${hash?.name}`,
        );
    }
  }
  const valueName = byPartition.operands.find(({ value }) => value)?.value ?? '';
  return {
    partition: scope.values[valueName] as AttributeValue,
    includes: (key) => parts.every(({ isMet }) => isMet({ ...scope, item: key })),
    hasSortCondition: bySort !== undefined,
  };
}

function nameIn({ operator, operands }: Condition, scope: Scope): string {
  if (!sortOperators.has(operator))
    throw new InvalidExpression(`Invalid operator used in KeyConditionExpression: ${operator}`);
  const paths = operands.flatMap(({ path }) => (path ? [resolve(path, scope.names)] : []));
  const values = operands.filter(({ value }) => value);
  const [path] = paths;
  if (!path || paths.length > 1 || values.length !== operands.length - 1)
    throw new InvalidExpression('Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression');
  if (path.length > 1)
    throw new InvalidExpression(
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have nested attributes',
    );
  return String(path[0]);
}
