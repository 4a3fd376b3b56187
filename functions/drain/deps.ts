import type { Backlog } from '../adapters/backlog.ts';
import type { Call } from '../adapters/http-call.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { Secrets } from '../adapters/secret-store.ts';
import type { Triggers } from '../adapters/trigger-store.ts';
import type { LoggingDeps } from '../attempt/attempt-log.ts';

/** What drain uses. Times are epoch milliseconds. */
export interface DrainDeps extends LoggingDeps, MetricsDeps {
  readonly triggers: Pick<Triggers, 'read' | 'move' | 'clearFailures' | 'postponeProbe' | 'lease' | 'giveBack'>;
  readonly backlog: Pick<Backlog, 'parked' | 'count' | 'keepParked' | 'unpark' | 'dropUnreadable' | 'fail'>;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  /** Retry delays, seconds: one after each failed attempt but the last. */
  readonly retryDelays: readonly number[];
  readonly attemptMs: number;
  /** How many records of one trigger's backlog are delivered side by side. */
  readonly concurrency: number;
  now(): number;
  random(): number;
  sleep(milliseconds: number): Promise<unknown>;
}
