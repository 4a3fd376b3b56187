// [table row → change → notification] → attempt → outcome
import type { DynamoDBRecord } from 'aws-lambda';
import type { Failed } from '../adapters/backlog-items.ts';
import type { DeliveryQueue } from '../adapters/delivery-queue.ts';
import type { FailedWriter } from '../adapters/failed-writer.ts';
import { log, throwingQuietly } from '../adapters/logger.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { RecordCounts } from '../adapters/record-counts.ts';
import { readChange, type Unusable } from '../core/change.ts';
import type { Entity, Trigger } from '../core/entity.ts';
import { type Notification, notificationId, notificationOf } from '../core/notification.ts';
import { overLimitReason, type RecordLimit } from '../core/record-limit.ts';
import type { RowRules } from '../core/row-rules.ts';

/** Times are epoch milliseconds. */
export interface CaptureDeps extends MetricsDeps {
  readonly entity: Entity;
  /** Absent if the setting has no rules for this entity. */
  readonly rules?: RowRules;
  /** Absent without a record limit. */
  readonly counts?: Pick<RecordCounts, 'limit' | 'overLimit'>;
  /** Returns those of this entity's triggers that have a URL, as of a few seconds ago at most. */
  withUrl(): Promise<ReadonlySet<Trigger>>;
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly backlog: Pick<FailedWriter, 'fail'>;
  now(): number;
}

/**
 * Converts a batch of stream records to notifications for the triggers that have a URL, and sends them to the queue.
 *
 * No record makes it throw: a change that cannot be formatted or is over the record limit moves to Failed, with the
 * reason.
 *
 * @throws If the queue or a table does not respond. The stream then repeats the batch.
 */
export function capture(records: readonly DynamoDBRecord[], deps: CaptureDeps): Promise<void> {
  return throwingQuietly(queueChanges(records, deps)).finally(() => deps.metrics.write());
}

async function queueChanges(records: readonly DynamoDBRecord[], deps: CaptureDeps): Promise<void> {
  const withUrl = await deps.withUrl();
  const notifications: Notification[] = [];
  const failed: Failed[] = [];
  const suppressed: Trigger[] = [];
  for (const record of records) {
    const change = readChange(deps.entity, record, deps.now(), deps.rules);
    if (change.kind === 'ignored' || !withUrl.has(change.trigger)) continue;
    if (change.kind === 'change') notifications.push(notificationOf(change));
    else if (change.kind === 'unusable') failed.push(failedOf(change, deps.now()));
    else suppressed.push(change.trigger);
  }
  const { within, overLimit } = await splitByLimit(notifications, deps);
  for (const failure of [...failed, ...overLimit]) {
    await deps.backlog.fail(failure);
    deps.metrics.add('failed', failure.trigger);
    log('error', 'a change is in Failed', { id: failure.id, trigger: failure.trigger, reason: failure.reason });
  }
  if (within.length > 0) await deps.queue.send(within);
  for (const trigger of suppressed) deps.metrics.add('silenced', trigger);
  for (const { trigger } of within) deps.metrics.add('captured', trigger);
  const ids = within.map(({ id }) => id);
  log('info', 'captured', { records: records.length, unusable: failed.length, overLimit: overLimit.length, ids });
}

/** Separates the notifications that are within the record limit from those over it. */
async function splitByLimit(all: readonly Notification[], { counts, now }: CaptureDeps) {
  if (!counts || all.length === 0) return { within: all, overLimit: [] };
  const over = await counts.overLimit(all);
  const within = all.filter((notification) => !over.has(notification));
  const overLimit = all.filter((notification) => over.has(notification));
  return { within, overLimit: overLimit.map((notification) => failedOverLimit(notification, counts.limit, now())) };
}

function failedOverLimit(notification: Notification, limit: RecordLimit, failedAt: number): Failed {
  const { formattedString: _, ...info } = notification;
  return { ...info, notification, reason: overLimitReason(limit), attempts: 0, failedAt };
}

function failedOf({ kind: _, eventId, ...info }: Unusable, failedAt: number): Failed {
  return { ...info, id: notificationId(eventId, info.trigger), attempts: 0, failedAt };
}
