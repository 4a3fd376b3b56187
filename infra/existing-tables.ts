import { Stack } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type ITable, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { type Entity, entityNames } from '../functions/core/entity.ts';
import type { CrmTriggersProps } from './crm-triggers-props.ts';

/** The existing CRM tables, by entity. */
export type ExistingTables = Readonly<Partial<Record<Entity, ITable>>>;

const VIEW = StreamViewType.NEW_AND_OLD_IMAGES;

/**
 * The tables of the prop `tables`.
 *
 * @throws {Error} One line, when a table has no stream with both images, or two entities have the same table.
 */
export function existingTables({ tables = {} }: CrmTriggersProps): ExistingTables {
  const existing = entityNames.flatMap((entity) => {
    const table = tables[entity]?.table;
    return table ? [[entity, table] as const] : [];
  });
  for (const [entity, table] of existing) checkStream(entity, table);
  if (new Set(existing.map(([, { tableArn }]) => tableArn)).size < existing.length)
    throw new Error(
      'Prop tables of CrmTriggers: two entities have the same table. To fix this, set a different table for each, because all rows of a table belong to one entity.',
    );
  return Object.fromEntries(existing);
}

function checkStream(entity: Entity, table: ITable): void {
  const view = streamView(table);
  if (table.tableStreamArn !== undefined && (view === undefined || view === VIEW)) return;
  const lacks = view && view !== 'none' ? `has a stream of ${view}, not of ${VIEW}` : 'has no stream';
  throw new Error(
    `Prop tables.${entity} of CrmTriggers: the table ${lacks}. To fix this, set dynamoStream (of a Table: stream) to StreamViewType.${VIEW}, or import the table with TableV2.fromTableAttributes and its tableStreamArn.`,
  );
}

/** The content of the stream of a table in this app: `none` without a stream. Unknown for an imported table. */
function streamView(table: ITable): string | undefined {
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnTable || resource instanceof CfnGlobalTable)) return undefined;
  return Stack.of(table).resolve(resource.streamSpecification)?.streamViewType ?? 'none';
}
