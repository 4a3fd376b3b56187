import { percentile } from '../calls.ts';
import { accepted, pause, prove, send, sideBySide, stageOf, until, type World } from '../world.ts';

/** A hanging receiver is parked after ten parallel attempts of ten seconds. */
const LIMIT_MS = 20_000;

const HANGING = 200;
const HEALTHY = 60;

export async function neighbor(world: World): Promise<string> {
  const { agent, receiver } = stageOf(world);
  await receiver.setMode('hanging', 'hang');
  await send(world, 'hanging', 'followup.create');
  await send(world, 'healthy', 'task.create');
  const rows = Array.from({ length: HANGING }, (_, n) => ({
    AccountID: `H-${world.run}`,
    CaseID: `C${n}`,
    FollowupID: 'F',
  }));
  await sideBySide(20, rows, (row) => agent.do('create', 'followup', row));
  const written = new Map<string, number>();
  for (let n = 0; n < HEALTHY; n++) {
    const row = { AccountID: `N-${world.run}`, TaskID: `T${n}` };
    written.set(`?AccountID=${row.AccountID}&TaskID=${row.TaskID}`, Date.now());
    await agent.do('create', 'task', row);
    await pause(world, 500);
  }
  const calls = await until(world, `${HEALTHY} calls of the healthy trigger`, async () => {
    const arrived = await accepted(world, 'healthy');
    return arrived.length >= HEALTHY ? arrived : undefined;
  });
  const offset = world.state.clockOffset ?? 0;
  const delays = calls.map(({ at, query }) => at - offset - (written.get(query) ?? Number.NaN));
  const longest = Math.max(...delays);
  const hung = (await receiver.calls('hanging')).length;
  prove(hung >= 10, `only ${hung} calls hung`);
  prove(
    longest <= LIMIT_MS,
    `calls of the healthy trigger were delayed by up to ${longest} ms beside ${hung} calls that hung`,
  );
  await receiver.setMode('hanging', '200');
  return `beside ${hung} calls that hung, ${HEALTHY} calls of a healthy trigger were made within ${longest} ms (median ${percentile(delays, 0.5)} ms; limit ${LIMIT_MS} ms)`;
}
