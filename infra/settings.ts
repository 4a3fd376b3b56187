import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import type { Entity } from '../functions/core/entity.ts';
import type { RowRules } from '../functions/core/row-rules.ts';
import { stagePattern } from '../functions/core/stack-name.ts';
import { type Settings, schema } from './settings-schema.ts';

export type { Settings } from './settings-schema.ts';

/** What is said of an entity's rows. */
export function rowRulesOf(entity: Entity, { tables, silencedBy }: Settings): RowRules {
  const { names, ignore } = tables[entity] ?? {};
  return { ...(names && { names }), ...(ignore && { ignore }), ...(silencedBy && { silencedBy }) };
}

/** What becomes of a resource that holds data when the stack is deleted. A failed first deployment deletes what it made. */
export function removalPolicy({ keepData }: Settings): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** The stage that `-c stage=NAME` names. @throws {Error} When it cannot be part of a stack's name. */
export function readStage(node: Node): string {
  const stage = node.tryGetContext('stage') ?? 'main';
  if (stagePattern.test(stage)) return stage;
  throw new Error(`"${stage}" cannot be a stage: its name is a letter, and up to 31 letters, digits or hyphens.`);
}

/**
 * Reads the settings of the stage that `-c stage=NAME` names (`main` when it is not given).
 *
 * @throws {Error} One line per wrong setting: which, what is wrong, where to fix it.
 */
export function readSettings(node: Node): Settings {
  const stage = readStage(node);
  const stages = node.tryGetContext('stages') ?? {};
  if (!Object.hasOwn(stages, stage))
    throw new Error(
      `There is no stage "${stage}": cdk.json has ${Object.keys(stages).join(', ') || 'none'} under context.stages.`,
    );
  const read = schema.safeParse(stages[stage]);
  if (read.success) return read.data;
  throw new Error(
    read.error.issues
      .map((issue) => `Setting ${['stages', stage, ...issue.path].join('.')} in cdk.json: ${issue.message}.`)
      .join('\n'),
  );
}
