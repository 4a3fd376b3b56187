import { failed } from '../../../functions/operations/failed.ts';
import { outOfOrder } from '../calls.ts';
import { TAKEN_PER_SECOND } from '../receiver-core.ts';
import { prove, send, sideBySide, stageOf, taken, until, type World } from '../world.ts';

/** Of one trigger, because each trigger is parked by itself: the calls of two can pass each other. */
const SLOWED = 'customer.edit';

/** Twice as many as the receiver takes in a second, with two edits each. */
const RECORDS = 2 * TAKEN_PER_SECOND;
const EDITS = 2;

export async function throttling(world: World): Promise<string> {
  const { deps, agent, receiver } = stageOf(world);
  await receiver.setMode('throttled', '429');
  await send(world, 'throttled', SLOWED);
  const rows = Array.from({ length: RECORDS }, (_, n) => ({ AccountID: `R-${world.run}-${n}` }));
  await sideBySide(20, rows, async (row) => {
    await agent.do('create', 'customer', row);
    for (let n = 0; n < EDITS; n++) await agent.do('edit', 'customer', { ...row, n: String(n) });
  });
  const all = EDITS * RECORDS;
  const calls = await until(
    world,
    `${all} calls that were taken`,
    async () => {
      if (world.platform !== 'aws') await deps.wakeDrain();
      const lost = await failed(deps, { trigger: SLOWED });
      prove(lost.length === 0, `${lost.length} notifications are in Failed`);
      const arrived = await taken(world, 'throttled');
      return arrived.length >= all ? arrived : undefined;
    },
    2_000,
  );
  const wrong = outOfOrder(calls);
  prove(wrong === undefined, `not in order: ${wrong}`);
  const rejected = (await receiver.calls('throttled')).filter(({ status }) => status === 429).length;
  prove(rejected > 0, 'the receiver did not respond with 429 once');
  return `a receiver that takes ${TAKEN_PER_SECOND} a second and responded with 429 to ${rejected} requests got all ${all} notifications in order; none is in Failed`;
}
