import type { Trigger } from '../core/entity.ts';

/** One attempt, as it is remembered. */
export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly trigger: Trigger;
  /** The notification's id. */
  readonly id: string;
  readonly formattedString: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'blocked';
  /** `HTTP 200`, `connection refused` … */
  readonly answer: string;
  readonly milliseconds: number;
  /** The beginning of the response. */
  readonly body?: string;
  readonly test?: true;
  readonly redelivered?: true;
}

/** Which attempts are meant. */
export interface LogFilter {
  readonly trigger?: Trigger;
  readonly outcome?: LogEntry['outcome'];
  readonly id?: string;
  readonly text?: string;
  /** Epoch milliseconds. */
  readonly since?: number;
}

/** Where attempts are remembered. */
export interface DeliveryLog {
  write(entries: readonly LogEntry[]): Promise<void>;
  /** The latest first; `next` when there is more. */
  read(filter: LogFilter, limit: number, next?: string): Promise<{ entries: LogEntry[]; next?: string }>;
}
