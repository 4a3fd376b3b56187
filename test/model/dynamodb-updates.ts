import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { added, changedSet, type Item, typeOf } from './dynamodb-values.ts';
import {
  InvalidExpression,
  missing,
  type Parsed,
  type Path,
  resolve,
  type Scope,
  valueAt,
  wrongType,
} from './expression-parts.ts';

/** Returns the updated item and the written paths. The item before is not modified. */
export function updated(parsed: Parsed, scope: Scope): { item: Item; paths: readonly Path[] } {
  const actions = (parsed.actions ?? []).map((action) => ({
    ...action,
    path: resolve(action.path, scope.names),
    value: action.operand?.of(scope),
  }));
  let item: Item = scope.item ?? {};
  for (const { section, path, value, operand } of actions) {
    if (section === 'SET') item = withValue(item, path, value ?? (operand ? missing() : undefined));
    if (section === 'ADD') item = withValue(item, path, sum(valueAt(scope.item, path, {}), value as AttributeValue));
    if (section === 'DELETE') {
      const before = valueAt(scope.item, path, {});
      if (before && value && typeOf(before) !== typeOf(value)) wrongType();
      if (before && value) item = withValue(item, path, changedSet(before, value, 'delete'));
    }
  }
  // From the end, because removing a member of a list moves later ones.
  for (const { section, path } of actions.toReversed())
    if (section === 'REMOVE' && valueAt(item, path, {}) !== undefined) item = withValue(item, path, undefined);
  return { item, paths: actions.map(({ path }) => path) };
}

function sum(before: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (before && typeOf(before) !== typeOf(value)) wrongType();
  if (value.N !== undefined) return { N: added(before?.N ?? '0', value.N) };
  return changedSet(before, value, 'add') as AttributeValue;
}

function withValue(item: Item, [name, ...rest]: Path, value: AttributeValue | undefined): Item {
  const changed = within(item[name as string], rest, value);
  const { [name as string]: _, ...others } = item;
  return changed === undefined ? others : { ...item, [name as string]: changed };
}

function within(
  before: AttributeValue | undefined,
  [step, ...rest]: Path,
  value: AttributeValue | undefined,
): AttributeValue | undefined {
  if (step === undefined) return value;
  if (typeof step === 'string' && before?.M)
    return { M: withValue(before.M, [step, ...rest], value) as Record<string, AttributeValue> };
  if (typeof step !== 'number' || !before?.L)
    throw new InvalidExpression('The document path provided in the update expression is invalid for update');
  const changed = within(before.L[step], rest, value);
  const at = Math.min(step, before.L.length);
  return { L: before.L.toSpliced(at, 1, ...(changed === undefined ? [] : [changed])) };
}

/** Returns the parts of an item at these paths. */
export function projected(item: Item, paths: readonly Path[], names: Scope['names']): Item {
  let only: Item = {};
  for (const path of paths) {
    const steps = resolve(path, names);
    const value = valueAt(item, steps, {});
    if (value === undefined) continue;
    only = merged(only, steps, value);
  }
  return only;
}

function merged(into: Item, [name, ...rest]: Path, value: AttributeValue): Item {
  return { ...into, [name as string]: mergedValue(into[name as string], rest, value) };
}

function mergedValue(into: AttributeValue | undefined, [step, ...rest]: Path, value: AttributeValue): AttributeValue {
  if (step === undefined) return value;
  if (typeof step === 'number') return { L: [...(into?.L ?? []), mergedValue(undefined, rest, value)] };
  return { M: merged(into?.M ?? {}, [step, ...rest], value) as Record<string, AttributeValue> };
}
