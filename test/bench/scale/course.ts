import type { Chance } from '../../model/chance.ts';
import { type Load, percentile, recordRate, type System } from './load.ts';
import { quotas } from './quotas.ts';
import { Simulation } from './simulation.ts';

/** A variant of the settings, with its name. */
export interface Variant {
  readonly name: string;
  readonly deliverConcurrency: number;
  readonly captureParallelization: number;
  readonly captureWindowSeconds: number;
  readonly backlogPartitions: number;
}

/**
 * The shares of the triggers: of ten changes of an entity three create, six edit and one deletes. The receiver of the first
 * trigger, an edit, is down.
 */
const WEIGHTS = [6, 3, 1, 6, 3, 1, 3, 1, 6, 3, 1];
export const DEAD_SHARE = 6 / WEIGHTS.reduce((a, b) => a + b, 0);

const ENTITIES = 4;
/** DynamoDB creates an on-demand table with this number of partitions. Each has its own shard. */
export const LEAST_SHARDS = 4;
const RECORDS = 1_000_000;
const SKEW = 0.8;
export const ANSWER_MS = 100;
const SECONDS = 45;
/** The trigger is parked by this time. */
const FROM_SECOND = 25;

/** A record with more changes than this is near the limit of sequential calls. */
const OFTEN = 5;

interface Timed {
  readonly changedAt: number;
  readonly record: number;
}

/** The result at one rate. Delays are in milliseconds, of changes in the last twenty seconds. */
export interface Point {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of records that change at most five times a second. */
  readonly p99Calm: number;
  readonly openedMs: number;
  /** The average of the last twenty seconds. */
  readonly functions: number;
  readonly handledPerSecond: number;
  /** Changes per batch of capture. */
  readonly captureBatch: number;
  /** Messages per batch of deliver. */
  readonly batch: number;
  readonly sqsRequests: number;
  /** The highest value in any second. */
  readonly queued: number;
  readonly inFlight: number;
  /** At the end. */
  readonly streamed: number;
  readonly parkedPerSecond: number;
}

export function pointAt(perSecond: number, variant: Variant, seed: number): Point {
  const shards = ENTITIES * Math.max(LEAST_SHARDS, Math.ceil(perSecond / ENTITIES / quotas.shardRecords.limit));
  const system: System = {
    workers: variant.deliverConcurrency,
    shards: shards * variant.captureParallelization,
    captureBatch: (_: Chance) => 100,
    captureWindowMs: variant.captureWindowSeconds * 1000,
    deliverBatch: 10,
    pauseMs: [10, 40],
    backlogPartitions: variant.backlogPartitions,
  };
  const load: Load = {
    perSecond,
    seconds: SECONDS,
    weights: WEIGHTS,
    records: RECORDS,
    skew: SKEW,
    responseMs: ANSWER_MS,
  };
  const course = new Simulation(load, system, seed).run();
  const rateOf = recordRate(load);
  /** Changes that have not arrived ten seconds after the end have waited longer than all others. */
  const sorted = (isMeant: (record: number) => boolean) => {
    const late = <T extends Timed>(of: readonly T[]) =>
      of.filter(({ changedAt, record }) => changedAt >= FROM_SECOND * 1000 && isMeant(record));
    const delays = late(course.delays).map(({ ms }) => ms);
    const missing = late(course.healthy).length - delays.length;
    return [...delays, ...Array<number>(missing).fill(Number.POSITIVE_INFINITY)].sort((x, y) => x - y);
  };
  const [all, calm] = [sorted(() => true), sorted((record) => rateOf(record) <= OFTEN)];
  const window = course.seconds.slice(FROM_SECOND - 1);
  const [first, last] = [window[0], window.at(-1)];
  const perSecondOf = (name: 'handled' | 'parked') =>
    ((last?.[name] ?? 0) - (first?.[name] ?? 0)) / (window.length - 1);
  const most = (name: 'queued' | 'inFlight') => Math.max(...course.seconds.map((second) => second[name]));
  return {
    perSecond,
    p50: percentile(all, 0.5),
    p99: percentile(all, 0.99),
    p99Calm: percentile(calm, 0.99),
    openedMs: course.openedAt,
    functions: window.reduce((sum, { busy }) => sum + busy / window.length, 0),
    handledPerSecond: perSecondOf('handled'),
    captureBatch: course.changes / course.captures,
    batch: course.handled / course.batches,
    sqsRequests: (course.sends + 2 * course.batches) / course.handled,
    queued: most('queued'),
    inFlight: most('inFlight'),
    streamed: last?.streamed ?? 0,
    parkedPerSecond: perSecondOf('parked'),
  };
}
