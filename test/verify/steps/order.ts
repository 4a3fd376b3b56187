import { mostAtOnce, outOfOrder } from '../calls.ts';
import { recordsOf } from '../platforms.ts';
import { accepted, prove, send, sideBySide, stageOf, until, type World } from '../world.ts';

const EDITS = 5;

/** The maximum number of parallel calls of one run of deliver. */
const BATCH = 10;

export async function order(world: World): Promise<string> {
  const { agent, receiver } = stageOf(world);
  const records = recordsOf[world.platform];
  await send(world, 'created', 'task.create');
  await send(world, 'order', 'task.edit');
  const rows = Array.from({ length: records }, (_, n) => ({ AccountID: `O-${world.run}`, TaskID: `T${n}` }));
  const begun = Date.now();
  await sideBySide(20, rows, async (row) => {
    await agent.do('create', 'task', row);
    for (let n = 0; n < EDITS; n++) await agent.do('edit', 'task', { ...row, n: String(n) });
  });
  const all = records * EDITS;
  const calls = await until(world, `${all} calls`, async () => {
    const arrived = await accepted(world, 'order');
    return arrived.length >= all ? arrived : undefined;
  });
  const took = (Date.now() - begun) / 1000;
  prove(calls.length === all, `${calls.length} notifications arrived for ${all} edits`);
  const wrong = outOfOrder(calls);
  prove(wrong === undefined, `not in order: ${wrong}`);
  const most = mostAtOnce(await receiver.calls('order'));
  if (world.platform === 'aws') prove(most > BATCH, `at most ${most} calls were open at once: there was one poller`);
  const pollers = most > BATCH ? 'several pollers' : 'one poller';
  return `${all} edits of ${records} records arrived in order per record in ${took.toFixed(0)} s, with up to ${most} calls at once (${pollers})`;
}
