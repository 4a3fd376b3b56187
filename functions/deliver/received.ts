import type { SQSRecord } from 'aws-lambda';
import type { Alone } from '../adapters/backlog-items.ts';
import type { Seen } from '../adapters/pending-state.ts';
import { DELIVER_TIMEOUT_MS, VISIBILITY_MS } from '../core/deliver-times.ts';
import type { Notification } from '../core/notification.ts';

/** A message that returned from the dead-letter queue has a new count of receives. Its change is older than this. */
const OLD_MS = 60 * 60_000;

/** A function that starts within this time after its message was received ends before the message becomes visible again. */
const ALONE_MS = VISIBILITY_MS - DELIVER_TIMEOUT_MS;

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
 * Returns the earliest time of the receive of a message that only this function has, in epoch milliseconds. Returns nothing
 * if another function can have the message too. For a shared message, the function of the receive before must have stored that
 * it was the only one, and this function must have started soon after the message became visible again.
 */
export function aloneSince(message: SQSRecord, before: Seen | undefined, now: number): number | undefined {
  if (!isSharedMessage(message, now)) return Number(message.attributes.ApproximateFirstReceiveTimestamp) || now;
  // The number of attempts cannot replace `receives`: it includes the attempts at notifications that were merged.
  const { receives, nextReceive = 0 } = before?.alone ?? {};
  return receives === receivesOf(message) - 1 && now - nextReceive < ALONE_MS ? nextReceive : undefined;
}

/**
 * Returns what the only function with a message stores for the function that receives it next.
 *
 * @param since The earliest time of this receive. See `aloneSince`.
 * @param nextTry The time of the retry. If the queue does not accept it, the message is visible when its visibility timeout ends.
 */
export function aloneUntil(message: SQSRecord, since: number, nextTry: number): Alone {
  return { receives: receivesOf(message), nextReceive: Math.min(nextTry, since + VISIBILITY_MS) };
}
