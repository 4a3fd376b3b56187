import type { Parked } from '../adapters/backlog-items.ts';
import type { Place } from '../adapters/table.ts';
import { inRecordOrder, TIME_RUNS_BACK_MS } from '../core/record-order.ts';

/**
 * A DynamoDB query is not a snapshot: it can return an item and miss an earlier one of its record that was put while it ran.
 * Deliver dates an item only when the one before it is in the backlog, so what is dated before the query began has nothing
 * missing before it. This is how far the clocks of two functions may disagree.
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
 * Whether everything of a record that comes before one of its notifications has been read. Pages are in order of time, which can
 * run back within a record: a notification near the end of a page can have an earlier one of its record on the next page.
 */
export function isKnownBefore(page: readonly Parked[], next: Place | undefined): (one: Parked) => boolean {
  if (!next) return () => true;
  const last = page.at(-1)?.notification.changedAt ?? 0;
  return ({ notification }) => notification.changedAt <= last - TIME_RUNS_BACK_MS;
}
