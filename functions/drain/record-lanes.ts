import type { Parked } from '../adapters/backlog-items.ts';
import type { Place } from '../adapters/table.ts';
import { inRecordOrder, TIME_RUNS_BACK_MS } from '../core/record-order.ts';

/**
 * A DynamoDB query is not a snapshot: it can return an item and miss an earlier item of the same record that was put during
 * the query. Deliver sets an item's time after it has stored the item before it. So no earlier item can be missing if an
 * item's time is before the query by at least this time, which is the maximum difference of two functions' clocks.
 */
export const SETTLED_MS = 2_000;

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
