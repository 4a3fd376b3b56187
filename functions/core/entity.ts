/**
 * docs/concepts.md defines the terms. The code has three more:
 *
 * - **attached**: an existing CRM table, which the stack did not create. Its attributes can have other names.
 * - **suppressed**: a change that a receiver made and marked as its own. It makes no call.
 * - **entry**: one attempt in the delivery log.
 *
 * The data flow. Files name their step in the first line:
 * table row → change → notification → attempt → outcome
 */

export type Action = 'create' | 'edit' | 'delete';

interface EntityRow {
  /** The actions that have a trigger. */
  readonly actions: readonly Action[];
  /** The names in the formatted string, in their order. */
  readonly ids: readonly string[];
  /** The CRM table's partition key, and its sort key if it has one. */
  readonly key: readonly [string, string?];
}

/** All entities. To add an entity, add a row. */
export const entities = {
  customer: { actions: ['create', 'edit', 'delete'], ids: ['AccountID'], key: ['AccountID'] },
  case: { actions: ['create', 'edit', 'delete'], ids: ['AccountID', 'CaseID'], key: ['AccountID', 'CaseID'] },
  followup: {
    actions: ['create', 'delete'],
    ids: ['AccountID', 'CaseID', 'FollowupID'],
    key: ['CaseID', 'FollowupID'],
  },
  task: { actions: ['create', 'edit', 'delete'], ids: ['AccountID', 'TaskID'], key: ['AccountID', 'TaskID'] },
} as const satisfies Record<string, EntityRow>;

export type Entity = keyof typeof entities;

/** One of eleven names, from `customer.create` to `task.delete`. */
export type Trigger = { [E in Entity]: `${E}.${(typeof entities)[E]['actions'][number]}` }[Entity];

export const entityNames = Object.keys(entities) as Entity[];

/** All triggers, in the order in which they are shown. */
export const triggers = entityNames.flatMap((entity) =>
  entities[entity].actions.map((action) => `${entity}.${action}` as Trigger),
);

const known: ReadonlySet<string> = new Set(triggers);

export function isTrigger(name: unknown): name is Trigger {
  return typeof name === 'string' && known.has(name);
}

/** A value for each entity. */
export function perEntity<Value>(of: (entity: Entity) => Value): Record<Entity, Value> {
  return Object.fromEntries(entityNames.map((entity) => [entity, of(entity)])) as Record<Entity, Value>;
}

export function entityOf(trigger: Trigger): Entity {
  return trigger.slice(0, trigger.indexOf('.')) as Entity;
}
