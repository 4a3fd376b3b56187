import type { Message } from './group-queue.ts';

/** A shard of a stream, or a part of one. */
export interface Stream {
  waiting: Message[];
  /** Whether a run of capture is active or scheduled. */
  running: boolean;
  /** Ends the open batch window. */
  full?: (() => void) | undefined;
  /** The number of windows opened so far. */
  windows: number;
}

/** The events. Times are milliseconds since the start. */
export interface Course {
  /** For each delivery to a healthy trigger: the time of the change, and the delay of the call. */
  readonly delays: { readonly changedAt: number; readonly record: number; readonly ms: number }[];
  /** When the trigger was parked. */
  openedAt: number;
  /** For each second: busy functions, messages in the queue and in flight, changes in the streams, and parked notifications. */
  readonly seconds: {
    readonly busy: number;
    readonly queued: number;
    readonly inFlight: number;
    readonly streamed: number;
    readonly parked: number;
    /** Messages that deliver has received so far. */
    readonly handled: number;
  }[];
  /** All changes, including those of the trigger that is down. */
  changes: number;
  /** Runs of capture. */
  captures: number;
  batches: number;
  handled: number;
  sends: number;
  /** Changes of healthy triggers. */
  readonly healthy: Message[];
}
