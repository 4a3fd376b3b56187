import { failed } from '../../../functions/operations/failed.ts';
import { outOfOrder } from '../calls.ts';
import { ACCEPTED_PER_SECOND } from '../receiver-core.ts';
import { accepted, prove, send, sideBySide, stageOf, until, type World } from '../world.ts';

/** Twice the number of requests that the receiver accepts per second. Each record has two changes. */
const RECORDS = 2 * ACCEPTED_PER_SECOND;

export async function throttling(world: World): Promise<string> {
  const { deps, agent, receiver } = stageOf(world);
  await receiver.setMode('throttled', '429');
  await send(world, 'throttled', 'customer.create', 'customer.edit');
  const rows = Array.from({ length: RECORDS }, (_, n) => ({ AccountID: `R-${world.run}-${n}` }));
  await sideBySide(20, rows, async (row) => {
    await agent.do('create', 'customer', row);
    await agent.do('edit', 'customer', row);
  });
  const all = 2 * RECORDS;
  const calls = await until(
    world,
    `${all} accepted calls`,
    async () => {
      if (world.platform !== 'aws') await deps.wakeDrain();
      const lost = await Promise.all(
        (['customer.create', 'customer.edit'] as const).map((trigger) => failed(deps, { trigger })),
      );
      prove(lost.flat().length === 0, `${lost.flat().length} notifications are in Failed`);
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
