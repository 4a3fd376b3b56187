/** The fields by which items are ordered. */
export interface Ordered {
  /** An opaque hash of the record. */
  readonly record: string;
  /** Decimal digits that grow with each change of one record. */
  readonly sequence: string;
  /** Epoch milliseconds in whole seconds. A later change of one record can have an earlier time. */
  readonly changedAt: number;
}

/** The time of a later change can be this much before the time of an earlier change of the same record. */
export const TIME_RUNS_BACK_MS = 5_000;

/**
 * Sorts items by the time of their change. The places of one record are then filled in the order of its sequences, so
 * the order within a record never depends on a clock.
 */
export function inRecordOrder<Item>(items: readonly Item[], of: (item: Item) => Ordered): Item[] {
  const byTime = items.toSorted((a, b) => of(a).changedAt - of(b).changedAt);
  const perRecord = Map.groupBy(byTime, (item) => of(item).record);
  const inSequence = new Map(
    [...perRecord].map(([record, group]) => [
      record,
      group.toSorted((a, b) => compareSequences(of(a).sequence, of(b).sequence)).values(),
    ]),
  );
  return byTime.map((item) => inSequence.get(of(item).record)?.next().value as Item);
}

/** Compares decimal digits as integers. A stream's sequence numbers are too long for a JavaScript number. */
export function compareSequences(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : Number(left > right);
}
