import type { SQSRecord } from 'aws-lambda';
import type { Alone } from '../adapters/backlog-items.ts';
import type { Seen } from '../adapters/pending-state.ts';
import type { Notification } from '../core/notification.ts';

/** A message that returned from the dead-letter queue has a new count of receives. Its change is older than this. */
const OLD_MS = 60 * 60_000;

/** The visibility timeout of the queue: six times the function's timeout. */
const VISIBILITY_MS = 360_000;

/**
 * A function that starts within this time after its message was received ends before the message becomes visible
 * again: the visibility timeout of the queue minus the function's timeout.
 */
const ALONE_MS = 300_000;

/** Returns how often a message was received, including this time. */
export function receivesOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount) || 1;
}

/** Returns whether the backlog table can have rows of a message's notification. It has none of a new message. */
export function mayHaveHistory(message: SQSRecord, { changedAt, redelivered = changedAt }: Notification, now: number) {
  return receivesOf(message) > 1 || now - redelivered > OLD_MS || isSharedMessage(message, now);
}

/**
 * Returns whether another function can have received the same message: Lambda can start a throttled batch so late that its
 * messages become visible again.
 */
export function isSharedMessage(message: SQSRecord, now: number): boolean {
  const firstReceive = Number(message.attributes.ApproximateFirstReceiveTimestamp);
  return Number.isFinite(firstReceive) ? now - firstReceive >= ALONE_MS : receivesOf(message) > 1;
}

/**
 * Returns since when this function alone has a message: the earliest time of its receive, in epoch milliseconds. Returns
 * nothing if another function can have it. A message that was received before is alone if each earlier receive ended with a
 * recorded attempt, and this function started soon after it became visible.
 */
export function aloneSince(message: SQSRecord, before: Seen | undefined, now: number): number | undefined {
  if (!isSharedMessage(message, now)) return Number(message.attributes.ApproximateFirstReceiveTimestamp) || now;
  // The number of attempts does not say it: those of a merged notification are among them.
  const { receives, nextReceive = 0 } = before?.alone ?? {};
  return receives === receivesOf(message) - 1 && now - nextReceive < ALONE_MS ? nextReceive : undefined;
}

/**
 * Returns what the function that receives a message next must know. @param since See `aloneSince`. @param nextTry The time
 * at which the message becomes visible, if the queue accepts it; otherwise the visibility timeout ends.
 */
export function aloneUntil(message: SQSRecord, since: number, nextTry: number): Alone {
  return { receives: receivesOf(message), nextReceive: Math.min(nextTry, since + VISIBILITY_MS) };
}
