/** The fields that define the order. */
export interface Ordered {
  /** The record that changed, as an opaque hash. */
  readonly record: string;
  /** Decimal digits that grow with each change of one record. */
  readonly sequence: string;
  /** Epoch milliseconds, in whole seconds: the later of two changes of one record can have the earlier time. */
  readonly changedAt: number;
}

/** How far the time of a record's later change can lie before the time of an earlier one, milliseconds. */
export const TIME_RUNS_BACK_MS = 5_000;

/**
 * Sorts by the time of the change. The items of one record take that record's places in the order of their sequence: the
 * order within a record never depends on a clock.
 */
export function inRecordOrder<Item>(items: readonly Item[], of: (item: Item) => Ordered): Item[] {
  const byTime = items.toSorted((a, b) => of(a).changedAt - of(b).changedAt);
  const perRecord = Map.groupBy(byTime, (item) => of(item).record);
  const inSequence = new Map(
    [...perRecord].map(([record, own]) => [
      record,
      own.toSorted((a, b) => compareSequences(of(a).sequence, of(b).sequence)).values(),
    ]),
  );
  return byTime.map((item) => inSequence.get(of(item).record)?.next().value as Item);
}

/** Compares decimal digits as integers; a stream's sequence numbers are too long for a number. */
function compareSequences(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : Number(left > right);
}
