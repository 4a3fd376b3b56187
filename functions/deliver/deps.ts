import type { Backlog } from '../adapters/backlog.ts';
import type { DeliveryQueue } from '../adapters/delivery-queue.ts';
import type { Call } from '../adapters/http-call.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { Secrets } from '../adapters/secret-store.ts';
import type { Triggers } from '../adapters/trigger-store.ts';
import type { AttemptLog, LoggingDeps } from '../attempt/attempt-log.ts';

/** What deliver uses. Times are epoch milliseconds. */
export interface DeliverDeps extends LoggingDeps, MetricsDeps {
  readonly triggers: Pick<Triggers, 'read' | 'countFailure' | 'clearFailures' | 'move'>;
  readonly backlog: Pick<Backlog, 'seen' | 'hold' | 'release' | 'park' | 'unpark' | 'fail' | 'putTestResult'>;
  readonly queue: Pick<DeliveryQueue, 'sendToDeadLetters' | 'returnToQueue'>;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  /** Retry delays, seconds: one after each failed attempt but the last. */
  readonly retryDelays: readonly number[];
  /** The longest that one attempt takes. */
  readonly attemptMs: number;
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /**
   * Calls a function after a time.
   *
   * @returns Cancels it.
   */
  after(milliseconds: number, act: () => void): () => void;
}

/** The same for one batch, whose attempts are logged together. */
export interface BatchDeps extends DeliverDeps {
  readonly noted: AttemptLog;
}
