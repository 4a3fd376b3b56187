import type { Chance } from '../../model/chance.ts';

/** New notifications, and their result. */
export interface Load {
  /** Changes a second, in all. */
  readonly perSecond: number;
  readonly seconds: number;
  /** How often each trigger's change comes, beside the others'. The first of `triggers` is dead. */
  readonly weights: readonly number[];
  /** Rows; the nth most busy changes in proportion to n ** -skew. */
  readonly records: number;
  readonly skew: number;
  readonly responseMs: number;
}

/** A number of items with their kind. */
export interface System {
  /** Deliver functions at once. */
  readonly workers: number;
  /** Stream shards in all. */
  readonly shards: number;
  /** The most that capture and deliver are handed at once. */
  captureBatch(chance: Chance): number;
  /** How long a stream mapping waits for a full batch, milliseconds. */
  readonly captureWindowMs: number;
  readonly deliverBatch: number;
  /** How long a poller takes from one batch to the next, milliseconds. */
  readonly pauseMs: readonly [least: number, most: number];
  /** Of one trigger's backlog. */
  readonly backlogPartitions: number;
}

/** Draws the nth of some things, each as often as its weight says. */
export function drawer(weights: readonly number[], chance: Chance): () => number {
  const cumulative = new Float64Array(weights.length);
  let sum = 0;
  for (const [i, weight] of weights.entries()) {
    sum += weight;
    cumulative[i] = sum;
  }
  return () => {
    const at = chance.random() * sum;
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

export function zipf(count: number, skew: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + 1) ** -skew);
}

/** How often the nth most busy record changes, a second, counted from 0. */
export function recordRate({ perSecond, records, skew }: Load): (record: number) => number {
  const sum = zipf(records, skew).reduce((a, b) => a + b, 0);
  return (record) => (perSecond * (record + 1) ** -skew) / sum;
}

/** Of sorted numbers the one below which a share of them lies. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
