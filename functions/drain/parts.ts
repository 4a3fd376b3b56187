import type { LoggingParts } from '../attempt/attempt-log.ts';
import type { Backlog } from '../edge/backlog.ts';
import type { Call } from '../edge/http.ts';
import type { MeasuringParts } from '../edge/metrics.ts';
import type { Secrets } from '../edge/secrets.ts';
import type { Triggers } from '../edge/triggers.ts';

/** What drain uses of the world. Times are epoch milliseconds. */
export interface DrainParts extends LoggingParts, MeasuringParts {
  readonly triggers: Pick<Triggers, 'read' | 'move' | 'clearStrikes' | 'postponeProbe' | 'lease' | 'giveBack'>;
  readonly backlog: Pick<Backlog, 'parked' | 'count' | 'keepParked' | 'unpark' | 'dropUnreadable' | 'fail'>;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  /** Retry delays, seconds: one after each failed attempt but the last. */
  readonly holds: readonly number[];
  readonly attemptMs: number;
  /** How many records of one trigger's backlog are delivered side by side. */
  readonly concurrency: number;
  now(): number;
  random(): number;
  sleep(milliseconds: number): Promise<unknown>;
}
