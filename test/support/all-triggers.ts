import assert from 'node:assert/strict';
import { Agent, type Row } from '../../cli/local/agent.ts';
import { demonstration } from '../../cli/local/demonstration.ts';
import { type Action, type Entity, triggers } from '../../functions/core/entity.ts';
import { findDeployment, stackOutputs } from '../../functions/operations/deployment.ts';
import { set } from '../../functions/operations/set-url.ts';
import { until } from './emulator.ts';
import { receiver } from './receiver.ts';

/** Creates, edits or deletes a row. */
export type Writer = (action: Action, entity: Entity, row: Row) => Promise<unknown> | undefined;

/**
 * Sets a URL for each trigger of the deployed stack, creates, edits and deletes a row of each table, and checks that each trigger
 * fires with the formatted string of its row.
 *
 * @param own Writes to tables with other attributes. Returns `undefined` for a table that the stack made.
 */
export async function assertAllFire(own: Writer = () => undefined, stage?: string): Promise<void> {
  await using server = await receiver();
  const deps = await findDeployment(stage);
  for (const trigger of triggers) await set(deps, trigger, `${server.origin}/${trigger}`);
  const agent = new Agent(await stackOutputs('CrmTriggers', stage));
  const steps = demonstration(Date.now().toString(36).toUpperCase());
  for (const { action, entity, row } of steps) await (own(action, entity, row) ?? agent[action](entity, row));
  const expected = steps.flatMap(({ expected }) =>
    expected ? [`/${expected.trigger}${expected.formattedString}`] : [],
  );
  assert.equal(expected.length, triggers.length);
  const targets = () => new Set(server.calls.map(({ target }) => target));
  await until('a call of each trigger', () => expected.every((target) => targets().has(target)));
  assert.deepEqual([...targets()].sort(), expected.sort());
}
