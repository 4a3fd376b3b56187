import type { SQSRecord } from 'aws-lambda';
import { errorFields, log } from '../adapters/logger.ts';
import { returnSeconds } from '../core/return-delay.ts';
import type { DeliverDeps } from './deps.ts';
import type { Wait } from './handle-outcome.ts';
import { receivesOf } from './received.ts';

/** The first delay of messages that cannot be handled for an internal reason: a table or a queue does not respond. */
const INTERNAL_ERROR_SECONDS = 5;

/** A message to be received again, and for how many seconds it stays invisible until then. */
export interface Returned {
  readonly message: SQSRecord;
  readonly seconds: number;
}

export async function setVisibility(back: readonly Returned[], { queue }: DeliverDeps): Promise<void> {
  if (back.length === 0) return;
  await queue
    .returnToQueue(back.map(({ message, seconds }) => ({ receiptHandle: message.receiptHandle, seconds })))
    .catch((error) => log('error', 'messages return later than they should', errorFields(error)));
}

export const internalError: Wait = { seconds: INTERNAL_ERROR_SECONDS, isInternal: true };

/**
 * All messages of a record return together. A later message with a longer delay would block its record for longer
 * than needed; with a shorter delay it could pass the one before it.
 */
export function returnToQueue(lane: readonly SQSRecord[], { seconds, isInternal }: Wait): Returned[] {
  const receives = Math.max(...lane.map(receivesOf));
  const delay = isInternal ? returnSeconds(seconds, receives) : seconds;
  return lane.map((message) => ({ message, seconds: delay }));
}

/** The messages of each record, in order. */
export function lanesOf(messages: readonly SQSRecord[]) {
  return Map.groupBy(messages, (message) => message.attributes.MessageGroupId ?? '');
}
