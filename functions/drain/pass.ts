import type { ParkedPage } from '../adapters/backlog.ts';
import type { Parked } from '../adapters/backlog-items.ts';
import { attemptParked } from './attempt-parked.ts';
import { type Head, readPage, readWindow } from './backlog-head.ts';
import type { DrainRun } from './drain-run.ts';
import { firstGroup, isKnownBefore, lanesOf, startOf } from './record-lanes.ts';

/** Delivers the backlog from its head: the notifications of a record in order, the records in parallel. */
export async function pass(run: DrainRun, head: Head): Promise<void> {
  /** Records whose next notification must wait. Their later notifications are not attempted in this pass. */
  const waiting = new Set(run.stuck);
  let page: ParkedPage = head;
  /** Notifications that wait for the next page, because an earlier one of their record can be there. */
  let carried: Parked[] = [];
  run.beginPass();
  for (;;) {
    page = await readWindow(run, page, (await run.latest())?.coalesce ?? false);
    const read = [...carried, ...page.parked];
    const isKnown = isKnownBefore(page.parked, page.next);
    carried = [];
    await run.forEach([...lanesOf(read).values()], run.deps.concurrency, async (lane) => {
      const known = startOf(lane, isKnown);
      carried.push(...lane.slice(known.length));
      await deliverLane(run, known, head.at, waiting);
    });
    await run.write();
    if (!page.next || run.halted || !run.hasTime()) return;
    page = await readPage(run, page.next);
  }
}

async function deliverLane(
  run: DrainRun,
  lane: readonly Parked[],
  startedAt: number,
  waiting: Set<string>,
): Promise<void> {
  for (let rest = lane; rest[0] !== undefined; ) {
    const { record } = rest[0].notification;
    if (waiting.has(record)) return;
    // The record waits until the result is stored, also if storing fails.
    waiting.add(record);
    // A pass can take minutes, and an admin can change the URL or pause the trigger meanwhile.
    const now = await run.latest();
    run.halted ||= now?.state !== 'draining' || now.url === undefined;
    const group = firstGroup(rest, startedAt, now?.coalesce ?? false);
    const isReady = group.length > 0 && group.every(({ nextTry }) => nextTry <= run.deps.now());
    if (run.halted || !isReady || !run.hasTime()) return;
    if (!(await run.turn())) return;
    run.stuck.add(record);
    if ((await attemptParked(run, group, now?.url ?? '')) !== 'waits') waiting.delete(record);
    run.stuck.delete(record);
    rest = rest.slice(group.length);
  }
}
