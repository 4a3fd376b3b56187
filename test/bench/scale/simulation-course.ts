import type { Message } from './group-queue.ts';

/** A shard of a stream, or a part of one. */
export interface Stream {
  waiting: Message[];
  /** A run of capture is at work or about to be. */
  running: boolean;
  /** Ends the window that is open. */
  full?: (() => void) | undefined;
  /** Windows that were opened so far. */
  windows: number;
}

/** The events. Times are milliseconds since the start. */
export interface Course {
  /** Of each delivery to a healthy trigger: when its change came, and how much later the call. */
  readonly delays: { readonly changedAt: number; readonly record: number; readonly ms: number }[];
  /** When the dead trigger was parked. */
  openedAt: number;
  /** Each second: functions at work, messages in the queue and out of sight, changes in the streams, and parked. */
  readonly seconds: {
    readonly busy: number;
    readonly queued: number;
    readonly inFlight: number;
    readonly streamed: number;
    readonly parked: number;
    /** Messages that deliver was handed so far. */
    readonly handled: number;
  }[];
  /** All that came, also the dead trigger's. */
  changes: number;
  /** Runs of capture. */
  captures: number;
  batches: number;
  handled: number;
  sends: number;
  /** Healthy changes that came. */
  readonly healthy: Message[];
}
