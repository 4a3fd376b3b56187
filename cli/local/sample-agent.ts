import { type Action, type Entity, entities, isTrigger, perEntity } from '../../functions/core/entity.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Activity } from './activity.ts';
import type { Agent, Row } from './agent.ts';

const done: Readonly<Record<Action, string>> = { create: 'created', edit: 'edited', delete: 'deleted' };

/** The agent of the page: creates sample rows, and edits and deletes the latest ones. */
export class SampleAgent {
  readonly #agent: Pick<Agent, 'do'>;
  readonly #activity: Activity;
  readonly #rows = perEntity((): Row[] => []);
  readonly #run = Date.now().toString(36).slice(-4).toUpperCase();
  #count = 0;

  constructor(agent: Pick<Agent, 'do'>, activity: Activity) {
    this.#agent = agent;
    this.#activity = activity;
  }

  /** @throws {UserError} When there is no sample row to edit or delete. */
  async act(action: Action, entity: Entity): Promise<Row> {
    const rows = this.#rows[entity];
    const row = action === 'create' ? this.#make(entity) : rows.at(-1);
    if (!row) throw new UserError(`There is no sample ${entity}. To fix this, create one first.`, 'conflict');
    await this.#agent.do(action, entity, row);
    if (action === 'create') rows.push(row);
    if (action === 'delete') rows.pop();
    const ids = entities[entity].ids.map((name) => `${name}=${row[name]}`);
    const silent = isTrigger(`${entity}.${action}`) ? '' : ', which makes no call';
    this.#activity.add('agent', `The agent ${done[action]} a ${entity}${silent}`, ids.join(' '));
    return row;
  }

  /** Makes a row that belongs to the latest sample customer, and a followup to the latest sample case, if they exist. */
  #make(entity: Entity): Row {
    const parents = { ...this.#rows.customer.at(-1), ...(entity === 'followup' && this.#rows.case.at(-1)) };
    const names = entities[entity].ids;
    const fresh = `${this.#run}${++this.#count}`;
    const ownName = names.at(-1);
    const ids = names.map((name) => [name, (name !== ownName && parents[name]) || `${name[0]}-${fresh}`]);
    return { ...Object.fromEntries(ids), Note: 'a sample' };
  }
}
