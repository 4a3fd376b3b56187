import type { SQSRecord } from 'aws-lambda';
import type { Notification } from '../core/notification.ts';

/** A message that returned by the dead-letter queue counts its receives anew; it was received for longer than this before. */
const OLD_MS = 60 * 60_000;

/**
 * A function that starts within this time after its message was received ends before the queue hands the message out again:
 * the queue's visibility timeout (six times the function's timeout) less the function's timeout.
 */
const ALONE_MS = 300_000;

/** How often a message was received, this time included. */
export function receivesOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount) || 1;
}

/** Whether the backlog table may know something of a message's notification. Of a fresh message it does not. */
export function mayHaveHistory(message: SQSRecord, { changedAt, redelivered = changedAt }: Notification, now: number) {
  return receivesOf(message) > 1 || now - redelivered > OLD_MS || isSharedMessage(message, now);
}

/**
 * Whether another function may hold a message too: Lambda can start a throttled batch so late that the queue hands its
 * messages out again meanwhile.
 */
export function isSharedMessage(message: SQSRecord, now: number): boolean {
  const firstReceive = Number(message.attributes.ApproximateFirstReceiveTimestamp);
  return Number.isFinite(firstReceive) ? now - firstReceive >= ALONE_MS : receivesOf(message) > 1;
}
