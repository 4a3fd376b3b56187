import { capital } from './capital.ts';
import { type Entity, entityNames } from './entity.ts';

type TableOutputs = { readonly [Name in Entity]: `${Capitalize<Name>}Table` };

/** The stack output that contains the name of an entity's CRM table, such as `CustomerTable`. */
export type TableOutput = TableOutputs[Entity];

/** The output of each entity. */
export const tableOutputs = Object.fromEntries(
  entityNames.map((entity) => [entity, `${capital(entity)}Table`]),
) as TableOutputs;
