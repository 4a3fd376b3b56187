// [table row → change → notification] → attempt → outcome
import type { DynamoDBRecord } from 'aws-lambda';
import { readChange, type Unusable } from '../core/change.ts';
import type { Entity } from '../core/entity.ts';
import { type Notification, notificationId, notificationOf } from '../core/notification.ts';
import { log } from '../edge/log.ts';
import type { DeadLetter } from '../edge/queue.ts';
import type { TypedTriggers } from '../edge/triggers.ts';

/** What capture touches of the world. */
export interface CaptureParts {
  readonly entity: Entity;
  /** What is typed for this entity's triggers, at most a few seconds old. */
  typed(): Promise<TypedTriggers>;
  /** Takes all, in each record's order, or throws. */
  send(notifications: readonly Notification[]): Promise<void>;
  bury(letter: DeadLetter): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Turns a batch of stream records into notifications for the triggers that have a URL, and queues them.
 *
 * No record can make it throw: one that cannot be formatted goes to the dead-letter queue with its reason. It throws only
 * when a queue or the triggers table does not answer, so that the stream waits and hands out the same batch again.
 */
export async function capture(records: readonly DynamoDBRecord[], parts: CaptureParts): Promise<void> {
  const typed = await parts.typed();
  const notifications: Notification[] = [];
  const unusable: Unusable[] = [];
  for (const record of records) {
    const change = readChange(parts.entity, record, parts.now());
    if (change.kind === 'ignored' || !typed.has(change.trigger)) continue;
    if (change.kind === 'change') notifications.push(notificationOf(change));
    else unusable.push(change);
  }
  for (const change of unusable) {
    const letter = letterOf(change);
    await parts.bury(letter);
    log('warn', 'a change cannot be formatted', { id: letter.id, trigger: change.trigger, reason: change.reason });
  }
  if (notifications.length > 0) await parts.send(notifications);
  log('info', 'captured', { records: records.length, sent: notifications.length, unusable: unusable.length });
}

function letterOf({ kind: _, reason, ...change }: Unusable): DeadLetter {
  return {
    id: notificationId(change.eventId, change.trigger),
    group: change.record,
    body: inAscii(JSON.stringify({ reason, ...change })),
    reason,
  };
}

/** A key may hold characters that SQS refuses; JSON can say them in ASCII. */
function inAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
