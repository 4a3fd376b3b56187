import type { Parked } from '../adapters/backlog-items.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import { retryAfterSeconds } from '../core/backoff.ts';
import { triedOf } from '../core/coalescing.ts';
import { FIRST_PROBE_MS, nextProbe } from '../core/probe-schedule.ts';
import { attemptParked } from './attempt-parked.ts';
import { type Head, readPage, readWindow } from './backlog-head.ts';
import type { DrainRun } from './drain-run.ts';
import { firstGroup, isKnownBefore, lanesOf, startOf } from './record-lanes.ts';

/** The maximum number of records that a probe attempts. */
const PROBES = 10;

/**
 * Attempts the first notification of some records of a parked trigger. One success shows that the receiver is back.
 *
 * @returns Whether the trigger is draining now.
 */
export async function probe(run: DrainRun, now: TriggerNow, head: Head, isEmpty: boolean): Promise<boolean> {
  const { triggers } = run.deps;
  const { at } = head;
  // Notifications can still wait in the queue, so an empty backlog ends an outage only when a probe is due.
  if (isEmpty) return at >= now.probeAt && triggers.move(run.trigger, 'drain');
  const firsts = (await firstGroups(run, head, at >= now.probeAt, now.coalesce ?? false))
    .filter(([first]) => first !== undefined && !run.stuck.has(first.notification.record))
    .sort((a, b) => triedOf(a).attempts - triedOf(b).attempts);
  if (
    firsts.length === 0 ||
    !isProbeDue(
      now,
      firsts.flatMap(([first]) => first ?? []),
      at,
    )
  )
    return false;

  // The read of the backlog can take minutes if it moves notifications to Failed, so the trigger is read again.
  const { state, url, urlVersion } = (await run.read()) ?? {};
  if (state !== 'parked' || url === undefined || !run.hasTime()) return false;
  const outcomes: string[] = [];
  await run.forEach(firsts.slice(0, now.throttledAt || now.maxPerSecond ? 1 : PROBES), PROBES, async (group) => {
    outcomes.push(await attemptParked(run, group, url));
  });
  // No attempt was made, for an internal reason: this says nothing about the receiver.
  if (outcomes.length === 0) return false;
  if (outcomes.includes('delivered')) return triggers.move(run.trigger, 'drain', { lastSuccess: run.lastSuccess });
  const { kind, response, retryAfter } = run.latestOutcome;
  const tried = run.deps.now();
  // An early probe does not make the probe delay longer.
  const delay = at < now.probeAt ? now.probeDelay / 2 : now.probeDelay;
  const requested = retryAfterSeconds(retryAfter, tried);
  const { probeAt, probeDelay } = nextProbe(delay, tried, requested, kind === 'throttled');
  // The write fails if another URL was set meanwhile: the new URL is probed at once.
  return !(await triggers.postponeProbe(run.trigger, probeAt, probeDelay, response, urlVersion));
}

/**
 * Returns the first group of each record near the head of the backlog, if its first notification is known to be the first.
 *
 * @param readsMore Whether to read more pages if no notification of the first page is known to be the first.
 */
async function firstGroups(
  run: DrainRun,
  head: Head,
  readsMore: boolean,
  coalesces: boolean,
): Promise<(readonly Parked[])[]> {
  const { parked, next } = await readWindow(run, head, readsMore && coalesces);
  const read = [...parked];
  let more = next;
  // After an import, the times on one page can differ by less than times can run back. Then more pages are needed.
  while (readsMore && more && run.hasTime() && !read.some(isKnownBefore(read, more))) {
    const page = await readPage(run, more);
    read.push(...page.parked);
    more = page.next;
  }
  const isKnown = isKnownBefore(read, more);
  return [...lanesOf(read).values()].map((lane) => firstGroup(startOf(lane, isKnown), head.at, coalesces));
}

/**
 * Returns whether to probe now. A record that was parked after the last probe and not attempted yet makes the next probe
 * due 30 seconds after the last one.
 */
function isProbeDue({ probeAt, probeDelay }: TriggerNow, heads: readonly Parked[], at: number): boolean {
  if (at >= probeAt) return true;
  const lastProbe = probeAt - probeDelay;
  const isUnattempted = heads.some(({ parkedAt, attempts }) => attempts === 0 && parkedAt >= lastProbe);
  return isUnattempted && at >= lastProbe + FIRST_PROBE_MS;
}
