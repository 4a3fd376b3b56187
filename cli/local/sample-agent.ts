import { type Action, type Entity, entities, entityNames, isTrigger } from '../../functions/core/entity.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Activity } from './activity.ts';
import type { Agent, Row } from './agent.ts';

const done: Readonly<Record<Action, string>> = { create: 'created', edit: 'edited', delete: 'deleted' };

/** Creates sample rows, and edits and deletes the latest one, for the buttons of the page. */
export class SampleAgent {
  readonly #agent: Pick<Agent, 'do'>;
  readonly #activity: Activity;
  readonly #there: Record<Entity, Row[]> = Object.fromEntries(entityNames.map((entity) => [entity, []])) as never;
  readonly #run = Date.now().toString(36).slice(-4).toUpperCase();
  #count = 0;

  constructor(agent: Pick<Agent, 'do'>, activity: Activity) {
    this.#agent = agent;
    this.#activity = activity;
  }

  /** @throws {UserError} When there is no sample row. */
  async act(action: Action, entity: Entity): Promise<Row> {
    const there = this.#there[entity];
    const row = action === 'create' ? this.#make(entity) : there.at(-1);
    if (!row) throw new UserError(`There is no sample ${entity}: create one first.`, 'conflict');
    await this.#agent.do(action, entity, row);
    if (action === 'create') there.push(row);
    if (action === 'delete') there.pop();
    const ids = entities[entity].ids.map((name) => `${name}=${row[name]}`);
    const silent = isTrigger(`${entity}.${action}`) ? '' : ', which makes no call';
    this.#activity.add('agent', `The agent ${done[action]} a ${entity}${silent}`, ids.join(' '));
    return row;
  }

  /** Of the latest customer and case, if there are some: a followup belongs to a case, a case to a customer. */
  #make(entity: Entity): Row {
    const parents = { ...this.#there.customer.at(-1), ...(entity === 'followup' && this.#there.case.at(-1)) };
    const names = entities[entity].ids;
    const fresh = `${this.#run}${++this.#count}`;
    const own = names.at(-1);
    const ids = names.map((name) => [name, (name !== own && parents[name]) || `${name[0]}-${fresh}`]);
    return { ...Object.fromEntries(ids), Note: 'a sample' };
  }
}
