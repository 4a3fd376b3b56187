import { entities, type Trigger } from '../../functions/core/entity.ts';

/** The tables of the model, with their keys. */
export const tables = {
  triggers: ['trigger'],
  backlog: ['list', 'place'],
  audit: ['list', 'place'],
  secrets: ['trigger'],
  log: ['shard', 'written'],
  customer: entities.customer.key,
  case: entities.case.key,
  followup: entities.followup.key,
  task: entities.task.key,
} as const;

export type TableName = keyof typeof tables;

/** A request to a table. Scripts and silent tables are decided by it. */
export interface TableRequest {
  /** `deliver`, `drain`, `customer` and so on for captures, or `admin`. */
  readonly by: string;
  readonly table: TableName;
  /** Such as `PutItem`. */
  readonly name: string;
  /** The trigger of the request, if it concerns exactly one. */
  readonly trigger: Trigger | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of nine commands
  readonly input: any;
}

interface Command {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

export function requestOf(by: string, command: Command): TableRequest {
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of nine commands
  const input = command.input as any;
  const table: TableName = input.TableName ?? Object.keys(input.RequestItems ?? {})[0];
  return { by, table, name: command.constructor.name.replace(/Command$/, ''), trigger: triggerOf(input, table), input };
}

/** Returns the trigger of a request, if it concerns exactly one. */
// biome-ignore lint/suspicious/noExplicitAny: the inputs of nine commands
function triggerOf(input: any, table: TableName): Trigger | undefined {
  const { Keys = [input.RequestItems] } = input.RequestItems?.[table] ?? {};
  const key = input.Key ?? input.Item ?? (Keys.length === 1 ? Keys[0] : undefined);
  const values = Object.values((input.ExpressionAttributeValues ?? {}) as Record<string, { S?: string }>);
  const list: string | undefined =
    key?.trigger?.S ?? key?.list?.S ?? values.find(({ S }) => S !== undefined && /^[a-z]+\.[a-z]+#/.test(S))?.S;
  return list?.split('#')[0] as Trigger | undefined;
}

/** Faults are more likely for requests that change the state of a trigger: moves, leases, and results of probes. */
export function weightOf({ by, table, name }: TableRequest): number {
  if (table === 'triggers' && name === 'UpdateItem') return 6;
  if (table === 'backlog' && (by === 'drain' || by === 'admin') && name !== 'Query') return 3;
  return 1;
}
