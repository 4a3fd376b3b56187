import type { ParkedPage } from '../adapters/backlog.ts';
import type { Parked } from '../adapters/backlog-items.ts';
import { attemptParked } from './attempt-parked.ts';
import { type Head, readPage } from './backlog-head.ts';
import type { DrainRun } from './drain-run.ts';
import { isKnownBefore, lanesOf, SETTLED_MS } from './record-lanes.ts';

/** Delivers the backlog from its head: the notifications of a record in order, the records in parallel. */
export async function pass(run: DrainRun, head: Head): Promise<void> {
  const { noted, metrics, concurrency } = run.deps;
  /** Records whose next notification must wait. Their later notifications are not attempted in this pass. */
  const waiting = new Set(run.stuck);
  let page: ParkedPage = head;
  /** Notifications that wait for the next page, because an earlier one of their record can be there. */
  let carried: Parked[] = [];
  run.beginPass();
  for (;;) {
    const read = [...carried, ...page.parked];
    const isKnown = isKnownBefore(page.parked, page.next);
    carried = [];
    await run.forEach([...lanesOf(read).values()], concurrency, async (lane) => {
      const end = lane.findIndex((parked) => !isKnown(parked));
      const known = end < 0 ? lane : lane.slice(0, end);
      carried.push(...lane.slice(known.length));
      await deliverLane(run, known, head.at, waiting);
    });
    await noted.write();
    metrics.write();
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
  for (const parked of lane) {
    const { record } = parked.notification;
    if (waiting.has(record)) return;
    // The record waits until the result is stored, also if storing fails.
    waiting.add(record);
    // A pass can take minutes, and an admin can change the URL or pause the trigger meanwhile.
    const now = await run.latest();
    run.halted ||= now?.state !== 'draining' || now.url === undefined;
    const ready = parked.parkedAt <= startedAt - SETTLED_MS && parked.nextTry <= run.deps.now();
    if (run.halted || !ready || !run.hasTime()) return;
    if (!(await run.turn())) return;
    run.stuck.add(record);
    if ((await attemptParked(run, parked, now?.url ?? '')) !== 'waits') waiting.delete(record);
    run.stuck.delete(record);
  }
}
