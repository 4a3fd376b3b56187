import { list } from '../../../functions/operations/trigger-status.ts';
import { recordsOf } from '../platforms.ts';
import { prove, send, stageOf, until, type World } from '../world.ts';
import { watchBriefly } from './alarm.ts';

export const DOWN = 'case.edit';

const EDITS = 3;

/** The number of records of the outage. Their failures must be enough to park the trigger. */
const recordCount = (world: World) => Math.min(20, recordsOf[world.platform]);

export const editsOf = (world: World) => recordCount(world) * EDITS;

export const lineOf = async (world: World, of: string) =>
  (await list(stageOf(world).deps)).find(({ trigger }) => trigger === of);

export async function outage(world: World): Promise<string> {
  const { agent, receiver } = stageOf(world);
  await send(world, 'created', 'case.create');
  await receiver.setMode('outage', '500');
  await send(world, 'outage', DOWN);
  world.state.outageBegan = Date.now();
  for (let n = 0; n < recordCount(world); n++) {
    const row = { AccountID: `D-${world.run}`, CaseID: `C${n}` };
    await agent.do('create', 'case', row);
    for (let edit = 0; edit < EDITS; edit++) await agent.do('edit', 'case', { ...row, n: String(edit) });
  }
  const all = editsOf(world);
  const line = await until(world, `${DOWN} is parked with ${all} pending`, async () => {
    const now = await lineOf(world, DOWN);
    return now?.state === 'parked' && now.waiting === all ? now : undefined;
  });
  prove(line.inBacklog > 0, 'nothing is in the backlog');
  if (world.platform === 'aws') await watchBriefly(world);
  return `a receiver that responds with 500 parks ${DOWN}, and all ${all} edits are pending`;
}
