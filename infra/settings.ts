import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import type * as z from 'zod';
import type { Entity } from '../functions/core/entity.ts';
import type { RowRules } from '../functions/core/row-rules.ts';
import { stagePattern } from '../functions/core/stack-name.ts';
import { type Settings, type StageSettings, schema } from './settings-schema.ts';

export type { Settings, StageSettings } from './settings-schema.ts';

/** The row rules of an entity, from its settings. */
export function rowRulesOf(entity: Entity, { tables, silencedBy }: Settings): RowRules {
  const { names, ignore } = tables[entity] ?? {};
  return { ...(names && { names }), ...(ignore && { ignore }), ...(silencedBy && { silencedBy }) };
}

/** The removal policy of resources that contain data. A failed first deployment always deletes them. */
export function removalPolicy({ keepData }: Pick<Settings, 'keepData'>): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** The name of the stage: `-c stage=NAME`, or `main`. @throws {Error} When it is not valid as a part of a stack's name. */
export function readStage(node: Node): string {
  const stage = node.tryGetContext('stage') ?? 'main';
  if (stagePattern.test(stage)) return stage;
  throw new Error(
    `"${stage}" is not a valid stage name. To fix this, use a letter, followed by up to 31 letters, digits or hyphens.`,
  );
}

/**
 * Reads the settings of the stage from cdk.json.
 *
 * @throws {Error} One line per invalid setting, with its path in cdk.json and the expected value.
 */
export function readSettings(node: Node): StageSettings {
  const stage = readStage(node);
  const stages = node.tryGetContext('stages') ?? {};
  if (!Object.hasOwn(stages, stage))
    throw new Error(
      `cdk.json has no stage "${stage}". To fix this, add it under context.stages, or use one of: ${Object.keys(stages).join(', ') || 'none'}.`,
    );
  return checked(schema, stages[stage], (path) => `Setting ${['stages', stage, ...path].join('.')} in cdk.json`);
}

/**
 * Checks values by a schema, and adds their defaults.
 *
 * @param title Describes the value at a path, for the error.
 * @throws {Error} One line per invalid value: its title and the expected value.
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  values: unknown,
  title: (path: readonly PropertyKey[]) => string,
): z.output<Schema> {
  const read = schema.safeParse(values);
  if (read.success) return read.data;
  throw new Error(read.error.issues.map(({ path, message }) => `${title(path)}: ${message}.`).join('\n'));
}
