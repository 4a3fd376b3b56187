import type { Trigger } from '../core/entity.ts';
import type { Notification } from '../core/notification.ts';

/** What is known of a notification that was attempted before. Times are epoch milliseconds. */
export interface Tried {
  readonly attempts: number;
  /** When it was attempted first, 0 for never. */
  readonly firstAttempt: number;
  /** The response to the latest attempt, in words. */
  readonly response: string;
  /** Not to be attempted before. */
  readonly nextTry: number;
}

/** What is known of one that was not attempted yet. */
export const unattempted: Tried = { attempts: 0, firstAttempt: 0, response: '', nextTry: 0 };

/** A notification that is pending. */
export interface Waiting extends Tried {
  readonly notification: Notification;
  /** How many later notifications of its record returned to the queue with it, by their triggers. */
  readonly behind?: Partial<Readonly<Record<Trigger, number>>>;
}

/** A notification in its trigger's backlog. */
export interface Parked extends Waiting {
  readonly parkedAt: number;
  /** Names this write of it: what is done to it is done to no other. Release 0.2.0 wrote none. */
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
  /** Absent when the change could not be formatted. */
  readonly notification?: Notification;
  /** The row's key, when the change could not be formatted. */
  readonly keys?: object;
  /** The notification as it is stored, when this version cannot read it: a later one may. */
  readonly stored?: string;
  /** Names this write of it. Release 0.2.0 wrote none. */
  readonly token?: string | undefined;
}

/** The result of a notification that was sent by hand. */
export interface TestResult {
  readonly delivered: boolean;
  /** `HTTP 200`, `connection refused` … */
  readonly response: string;
  readonly milliseconds: number;
  /** The beginning of the response. */
  readonly body: string;
}
