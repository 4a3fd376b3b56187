import { failed } from '../../../functions/operations/failed.ts';
import { outOfOrder } from '../calls.ts';
import { ACCEPTED_PER_SECOND } from '../receiver-core.ts';
import { accepted, prove, send, sideBySide, stageOf, until, type World } from '../world.ts';

/** One trigger only: each trigger parks by itself, so the calls of two triggers can pass each other. */
const SLOWED = 'customer.edit';

/** Twice the number of requests that the receiver accepts per second. Each record has two edits. */
const RECORDS = 2 * ACCEPTED_PER_SECOND;
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
    `${all} accepted calls`,
    async () => {
      if (world.platform !== 'aws') await deps.startDrain();
      const lost = await failed(deps, { trigger: SLOWED });
      prove(lost.length === 0, `${lost.length} notifications are in Failed`);
      const arrived = await accepted(world, 'throttled');
      return arrived.length >= all ? arrived : undefined;
    },
    2_000,
  );
  const wrong = outOfOrder(calls);
  prove(wrong === undefined, `not in order: ${wrong}`);
  const rejected = (await receiver.calls('throttled')).filter(({ status }) => status === 429).length;
  prove(rejected > 0, 'the receiver never responded with 429');
  return `a receiver that accepts ${ACCEPTED_PER_SECOND} requests per second and responded with 429 to ${rejected} requests got all ${all} notifications in order; none is in Failed`;
}
