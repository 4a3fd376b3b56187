/**
 * The words of this system, one each, the same in code, tables, docs and on the page:
 *
 * - **entity**: customer, case, followup or task; a row of one CRM table is one of them.
 * - **action**: create, edit or delete.
 * - **trigger**: an entity and an action, written `customer.create`, with the URL that an admin entered for it.
 * - **formatted string**: what the URL is called with, such as `?AccountID=a1&CaseID=c1`.
 * - **attached**: a CRM table is, when it was there before the stack; its attributes may have names of their own.
 * - **change**: what one stream record says happened to one entity.
 * - **suppressed**: a change is, when a receiver made it and marked it as its own; no call is made.
 * - **notification**: one formatted string on its way to one trigger's URL. Its id never changes, however often it is sent.
 * - **attempt**: one HTTP call. **outcome**: the result of it.
 * - **delivery log**: what is kept of every attempt, for 30 days; one attempt in it is an **entry**.
 * - **history**: what admins did: who, when, from what to what.
 * - **hold**: keep a failed notification, and all behind it of the same record, in the queue for a while.
 *
 * The data flow. Each file names its part of it:
 * table row → change → notification → attempt → outcome
 */

export type Action = 'create' | 'edit' | 'delete';

interface EntityRow {
  /** The actions that have a trigger. */
  readonly actions: readonly Action[];
  /** The formatted string's names, in the order in which they are sent. */
  readonly ids: readonly string[];
  /** The CRM table's key: partition key, then the sort key if there is one. */
  readonly key: readonly [string, string?];
}

/** All entities. A fifth entity is one more row. */
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

/** `customer.create` … `task.delete`: eleven names. */
export type Trigger = { [E in Entity]: `${E}.${(typeof entities)[E]['actions'][number]}` }[Entity];

export const entityNames = Object.keys(entities) as Entity[];

/** All triggers, in the order in which people see them. */
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
