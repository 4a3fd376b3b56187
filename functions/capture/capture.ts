// [table row → change → notification] → attempt → outcome
import type { DynamoDBRecord } from 'aws-lambda';
import { readChange, type Unusable } from '../core/change.ts';
import type { Entity } from '../core/entity.ts';
import { type Notification, notificationId, notificationOf } from '../core/notification.ts';
import type { Backlog, Failed } from '../edge/backlog.ts';
import { log, throwingQuietly } from '../edge/log.ts';
import type { MeasuringParts } from '../edge/metrics.ts';
import type { DeliveryQueue } from '../edge/queue.ts';
import type { TriggersNow } from '../edge/triggers.ts';

/** What capture touches of the world. */
export interface CaptureParts extends MeasuringParts {
  readonly entity: Entity;
  /** This entity's triggers, at most a few seconds old. */
  triggers(): Promise<TriggersNow>;
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly backlog: Pick<Backlog, 'fail'>;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Turns a batch of stream records into notifications for the triggers that have a URL, and queues them.
 *
 * No record can make it throw: one that cannot be formatted is kept among the failed, with its reason. It throws only when
 * the queue or a table does not answer, so that the stream waits and hands out the same batch again.
 */
export function capture(records: readonly DynamoDBRecord[], parts: CaptureParts): Promise<void> {
  return throwingQuietly(queueChanges(records, parts)).finally(() => parts.metrics.write());
}

async function queueChanges(records: readonly DynamoDBRecord[], parts: CaptureParts): Promise<void> {
  const triggers = await parts.triggers();
  const notifications: Notification[] = [];
  const unusable: Unusable[] = [];
  for (const record of records) {
    const change = readChange(parts.entity, record, parts.now());
    if (change.kind === 'ignored' || triggers.get(change.trigger)?.url === undefined) continue;
    if (change.kind === 'change') notifications.push(notificationOf(change));
    else unusable.push(change);
  }
  for (const change of unusable) {
    const failed = failedOf(change, parts.now());
    await parts.backlog.fail(failed);
    parts.metrics.add('failed', failed.trigger);
    log('error', 'a change cannot be formatted', { id: failed.id, trigger: failed.trigger, reason: failed.reason });
  }
  if (notifications.length > 0) await parts.queue.send(notifications);
  for (const { trigger } of notifications) parts.metrics.add('captured', trigger);
  const ids = notifications.map(({ id }) => id);
  log('info', 'captured', { records: records.length, unusable: unusable.length, ids });
}

function failedOf({ kind: _, eventId, ...told }: Unusable, failedAt: number): Failed {
  return { ...told, id: notificationId(eventId, told.trigger), attempts: 0, failedAt };
}
