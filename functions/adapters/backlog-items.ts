import type { Trigger } from '../core/entity.ts';
import type { Notification } from '../core/notification.ts';

/** The state of a notification that was attempted before. Times are epoch milliseconds. */
export interface Tried {
  readonly attempts: number;
  /** The time of the first attempt; 0 if there was none. */
  readonly firstAttempt: number;
  /** The response to the latest attempt, in words. */
  readonly response: string;
  /** The earliest time of the next attempt. */
  readonly nextTry: number;
}

/** The state of a notification that was not attempted yet. */
export const unattempted: Tried = { attempts: 0, firstAttempt: 0, response: '', nextTry: 0 };

/** What the only function with a message stores for the function that receives it next. */
export interface Alone {
  /** The number of receives of the message so far. All functions that received it have ended when it is received again. */
  readonly receives: number;
  /** The earliest time of the next receive, in epoch milliseconds. */
  readonly nextReceive: number;
}

/** A notification that is pending. */
export interface Waiting extends Tried {
  readonly notification: Notification;
  /** The number of later notifications of its record that returned to the queue with it, by trigger. */
  readonly behind?: Partial<Readonly<Record<Trigger, number>>>;
  /** Only for a retry. Absent if another function could have the message at the latest attempt. */
  readonly alone?: Alone | undefined;
  /** Whether another function could have its message when it was put into the backlog. It can have been merged before that. */
  readonly isShared?: boolean;
}

/** The number of a trigger's notifications that are pending in the queue, of records that were attempted at least once. */
export interface RetryCount {
  /** Waiting for their next attempt. */
  readonly waiting: number;
  /** Behind those, of the same records. */
  readonly behind: number;
}

/** A notification in its trigger's backlog. */
export interface Parked extends Waiting {
  readonly parkedAt: number;
  /** Identifies this write of the item: a later delete or update affects no other write. Release 0.2.0 wrote none. */
  readonly token?: string | undefined;
}

/** A notification that was moved to Failed, or a change that could not be formatted. */
export interface Failed {
  /** The notification's id. */
  readonly id: string;
  readonly trigger: Trigger;
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: number;
  /** The change's time. */
  readonly changedAt: number;
  readonly sequence: string;
  readonly record: string;
  /** Absent if the change could not be formatted. */
  readonly notification?: Notification;
  /** The key of the row if the change could not be formatted. */
  readonly keys?: object;
  /** The stored notification if this version cannot read it. A later version may be able to. */
  readonly stored?: string;
  /** Identifies this write of the item. Release 0.2.0 wrote none. */
  readonly token?: string | undefined;
}

/** The result of a test. */
export interface TestResult {
  readonly delivered: boolean;
  /** `HTTP 200`, `connection refused` … */
  readonly response: string;
  readonly milliseconds: number;
  /** The beginning of the response. */
  readonly body: string;
}
