import type { Backlog } from '../adapters/backlog.ts';
import type { DeliveryQueue } from '../adapters/delivery-queue.ts';
import type { Call } from '../adapters/http-call.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { Secrets } from '../adapters/secret-store.ts';
import type { Triggers } from '../adapters/trigger-store.ts';
import type { AttemptLog, LoggingDeps } from '../attempt/attempt-log.ts';
import type { Trigger } from '../core/entity.ts';

/** The dependencies of deliver. Times are epoch milliseconds. */
export interface DeliverDeps extends LoggingDeps, MetricsDeps {
  readonly triggers: Pick<Triggers, 'read' | 'countFailure' | 'clearFailures' | 'move' | 'takeSlot'>;
  readonly backlog: Pick<Backlog, 'seen' | 'hold' | 'release' | 'park' | 'unpark' | 'fail' | 'putTestResult'>;
  readonly queue: Pick<DeliveryQueue, 'sendToDeadLetters' | 'returnToQueue'>;
  /** The time of this function's latest delivery for each trigger. It is kept from one batch to the next. */
  readonly deliveredAt: Map<Trigger, number>;
  /** Starts drain and does not wait for its end. It throws if that is not possible. */
  startDrain(): Promise<void>;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  /** The retry schedule, in seconds: one delay after each failed attempt but the last. */
  readonly retryDelays: readonly number[];
  /** The maximum duration of one attempt. */
  readonly attemptMs: number;
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /**
   * Calls a function after a time.
   *
   * @returns A function that cancels the call.
   */
  after(milliseconds: number, act: () => void): () => void;
}

/** The dependencies for one batch. Its attempts are logged together. */
export interface BatchDeps extends DeliverDeps {
  readonly noted: AttemptLog;
}
