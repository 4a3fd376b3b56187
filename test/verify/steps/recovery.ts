import { failed } from '../../../functions/operations/failed.ts';
import { outOfOrder } from '../calls.ts';
import { accepted, prove, send, stageOf, until, type World } from '../world.ts';
import { briefState } from './alarm.ts';
import { DOWN, editsOf, lineOf } from './outage.ts';

export async function recovery(world: World): Promise<string> {
  const { deps, receiver } = stageOf(world);
  await receiver.setMode('outage', '200');
  // As in the runbook: setting the URL again tries a parked trigger at once.
  await send(world, 'outage', DOWN);
  const begun = Date.now();
  const isActive = async () => {
    // Not all emulators run the schedule of drain.
    if (world.platform !== 'aws') await deps.startDrain();
    const now = await lineOf(world, DOWN);
    return now?.state === 'active' && now.waiting === 0;
  };
  await until(world, `${DOWN} is active with nothing pending`, isActive, 1_500);
  const drained = ((Date.now() - begun) / 1000).toFixed(0);
  const calls = await accepted(world, 'outage');
  prove(calls.length === editsOf(world), `${calls.length} of ${editsOf(world)} arrived`);
  const wrong = outOfOrder(calls);
  prove(wrong === undefined, `not in order: ${wrong}`);
  prove((await failed(deps, { trigger: DOWN })).length === 0, 'there are notifications in Failed');
  const all = `all ${calls.length} pending edits arrived in order, ${drained} s after the URL was set again`;
  if (world.platform !== 'aws') return `${all}; no alarm, because this emulator evaluates none on a query`;
  await until(world, 'the alarm of one bad minute is OK', async () => (await briefState(world)) === 'OK', 5_000);
  return `${all}, and the alarm of one bad minute is OK again (the step does not wait for the deployed alarm, which takes up to 75 minutes)`;
}
