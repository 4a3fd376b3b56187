import type { Chance } from '../../model/chance.ts';

/** New notifications, and their result. */
export interface Load {
  /** All changes per second. */
  readonly perSecond: number;
  readonly seconds: number;
  /** The relative frequency of each trigger's changes. The receiver of the first trigger is down. */
  readonly weights: readonly number[];
  /** The number of rows. The nth busiest row changes in proportion to n ** -skew. */
  readonly records: number;
  readonly skew: number;
  readonly responseMs: number;
}

/** A number of items with their kind. */
export interface System {
  /** Concurrent deliver functions. */
  readonly workers: number;
  /** The number of stream shards. */
  readonly shards: number;
  /** The batch sizes of capture and deliver. */
  captureBatch(chance: Chance): number;
  /** The batch window of a stream mapping, milliseconds. */
  readonly captureWindowMs: number;
  readonly deliverBatch: number;
  /** The time of a poller between two batches, milliseconds. */
  readonly pauseMs: readonly [least: number, most: number];
  /** Partitions of one trigger's backlog. */
  readonly backlogPartitions: number;
}

/** Draws an index. The probability of each is proportional to its weight. */
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

/** Changes per second of the nth busiest record, counted from 0. */
export function recordRate({ perSecond, records, skew }: Load): (record: number) => number {
  const sum = zipf(records, skew).reduce((a, b) => a + b, 0);
  return (record) => (perSecond * (record + 1) ** -skew) / sum;
}

/** The percentile of sorted numbers. @param share From 0 to 1. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
