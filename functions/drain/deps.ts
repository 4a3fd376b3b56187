import type { Backlog } from '../adapters/backlog.ts';
import type { Call } from '../adapters/http-call.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { Secrets } from '../adapters/secret-store.ts';
import type { Triggers } from '../adapters/trigger-store.ts';
import type { LoggingDeps } from '../attempt/attempt-log.ts';

/** The dependencies of drain. Times are epoch milliseconds. */
export interface DrainDeps extends LoggingDeps, MetricsDeps {
  readonly triggers: Pick<
    Triggers,
    'read' | 'show' | 'move' | 'clearFailures' | 'postponeProbe' | 'lease' | 'giveBack'
  >;
  readonly backlog: Pick<
    Backlog,
    'parked' | 'count' | 'keepParked' | 'markMerged' | 'merged' | 'unpark' | 'dropUnreadable' | 'fail'
  >;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  /** The retry schedule, in seconds: one delay after each failed attempt but the last. */
  readonly retryDelays: readonly number[];
  readonly attemptMs: number;
  /** The number of records of one backlog that are delivered in parallel. */
  readonly concurrency: number;
  now(): number;
  random(): number;
  sleep(milliseconds: number): Promise<unknown>;
}
