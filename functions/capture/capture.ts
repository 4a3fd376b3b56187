// [table row → change → notification] → attempt → outcome
import type { DynamoDBRecord } from 'aws-lambda';
import type { Backlog, Failed } from '../adapters/backlog.ts';
import type { DeliveryQueue } from '../adapters/delivery-queue.ts';
import { log, throwingQuietly } from '../adapters/logger.ts';
import type { MeasuringParts } from '../adapters/metrics-writer.ts';
import type { RecordCounts } from '../adapters/record-counts.ts';
import type { TriggersNow } from '../adapters/trigger-store.ts';
import { readChange, type Unusable } from '../core/change.ts';
import type { Entity, Trigger } from '../core/entity.ts';
import { type Notification, notificationId, notificationOf } from '../core/notification.ts';
import { beyondReason, type RecordLimit } from '../core/record-limit.ts';
import type { RowRules } from '../core/row-rules.ts';

/** What capture touches of the world. */
export interface CaptureParts extends MeasuringParts {
  readonly entity: Entity;
  /** Nothing when a row is read as it is. */
  readonly rules?: RowRules;
  /** Nothing when no record has a limit. */
  readonly counts?: Pick<RecordCounts, 'limit' | 'beyond'>;
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
 * No record can make it throw: one that cannot be formatted, or is beyond its record's limit, is kept among the failed, with
 * its reason. It throws only when the queue or a table does not answer, so that the stream waits and hands out the same batch again.
 */
export function capture(records: readonly DynamoDBRecord[], parts: CaptureParts): Promise<void> {
  return throwingQuietly(queueChanges(records, parts)).finally(() => parts.metrics.write());
}

async function queueChanges(records: readonly DynamoDBRecord[], parts: CaptureParts): Promise<void> {
  const triggers = await parts.triggers();
  const made: Notification[] = [];
  const failed: Failed[] = [];
  const silenced: Trigger[] = [];
  for (const record of records) {
    const change = readChange(parts.entity, record, parts.now(), parts.rules);
    if (change.kind === 'ignored' || triggers.get(change.trigger)?.url === undefined) continue;
    if (change.kind === 'change') made.push(notificationOf(change));
    else if (change.kind === 'unusable') failed.push(failedOf(change, parts.now()));
    else silenced.push(change.trigger);
  }
  const { within, beyond } = await judge(made, parts);
  for (const failure of [...failed, ...beyond]) {
    await parts.backlog.fail(failure);
    parts.metrics.add('failed', failure.trigger);
    log('error', 'a change is among the failed', { id: failure.id, trigger: failure.trigger, reason: failure.reason });
  }
  if (within.length > 0) await parts.queue.send(within);
  for (const trigger of silenced) parts.metrics.add('silenced', trigger);
  for (const { trigger } of within) parts.metrics.add('captured', trigger);
  const ids = within.map(({ id }) => id);
  log('info', 'captured', { records: records.length, unusable: failed.length, beyond: beyond.length, ids });
}

/** Tells what goes out from what is beyond the limit of its record. */
async function judge(made: readonly Notification[], { counts, now }: CaptureParts) {
  if (!counts || made.length === 0) return { within: made, beyond: [] };
  const looping = await counts.beyond(made);
  const within = made.filter((notification) => !looping.has(notification));
  const beyond = made.filter((notification) => looping.has(notification));
  return { within, beyond: beyond.map((notification) => loopingOf(notification, counts.limit, now())) };
}

function loopingOf(notification: Notification, limit: RecordLimit, failedAt: number): Failed {
  const { formattedString: _, ...told } = notification;
  return { ...told, notification, reason: beyondReason(limit), attempts: 0, failedAt };
}

function failedOf({ kind: _, eventId, ...told }: Unusable, failedAt: number): Failed {
  return { ...told, id: notificationId(eventId, told.trigger), attempts: 0, failedAt };
}
