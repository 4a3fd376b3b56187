import type { Parked } from '../adapters/backlog-items.ts';
import type { Place } from '../adapters/table.ts';
import { firstGroupOf } from '../core/coalescing.ts';
import { inRecordOrder, TIME_RUNS_BACK_MS } from '../core/record-order.ts';

/**
 * A DynamoDB query is not a snapshot: it can return an item and miss an earlier item of the same record that was put during
 * the query. Deliver sets an item's time after it has stored the item before it. So no earlier item can be missing if an
 * item's time is before the query by at least this time, which is the maximum difference of two functions' clocks.
 */
const SETTLED_MS = 2_000;

/** The notifications of each record, in the order of their sequence. */
export function lanesOf(parked: readonly Parked[]): ReadonlyMap<string, Parked[]> {
  return Map.groupBy(
    inRecordOrder(parked, ({ notification }) => notification),
    ({ notification }) => notification.record,
  );
}

/**
 * Returns whether all earlier notifications of the same record have been read. Pages are sorted by time, and the time can
 * run back within a record. So a notification near the end of a page can have an earlier one on the next page.
 */
export function isKnownBefore(page: readonly Parked[], next: Place | undefined): (one: Parked) => boolean {
  if (!next) return () => true;
  const last = page.at(-1)?.notification.changedAt ?? 0;
  return ({ notification }) => notification.changedAt <= last - TIME_RUNS_BACK_MS;
}

/**
 * Returns the notifications at the start of a lane that become one call: the first, and with coalescing those that are
 * merged with it. Empty if an earlier notification can be missing.
 *
 * @param startedAt The time at which the query began, in epoch milliseconds.
 */
export function firstGroup(lane: readonly Parked[], startedAt: number, coalesces: boolean): readonly Parked[] {
  const settled = startOf(lane, ({ parkedAt }) => parkedAt <= startedAt - SETTLED_MS);
  return coalesces ? firstGroupOf(settled, ({ notification }) => notification) : settled.slice(0, 1);
}

/** Returns the items before the first that is not in. */
export function startOf<Item>(items: readonly Item[], isIn: (item: Item) => boolean): readonly Item[] {
  const end = items.findIndex((item) => !isIn(item));
  return end < 0 ? items : items.slice(0, end);
}
