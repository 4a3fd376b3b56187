import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { readIds, recordHash } from '../core/change.ts';
import { entities, entityOf, type Trigger } from '../core/entity.ts';
import { formattedString } from '../core/formatted-string.ts';
import { type Notification, notificationId } from '../core/notification.ts';
import type { AdminParts } from './deployment.ts';
import { Refusal } from './refusal.ts';

/** Where a backfill stands; to be kept and handed in again to go on. */
export interface BackfillProgress {
  readonly trigger: Trigger;
  /** Makes the ids of this backfill its own, and the same when a part is sent again. */
  readonly run: string;
  readonly sent: number;
  readonly skipped: number;
  /** Where in the table it goes on; absent at the beginning. */
  readonly after?: Record<string, AttributeValue>;
  readonly done: boolean;
}

export interface BackfillOptions {
  /** Rows whose attribute `by` is this or later; compared as text, or as a number where the row has one. */
  readonly since?: string | undefined;
  readonly by: string;
  /** Notifications a second. */
  readonly pace: number;
  /** Counts only. */
  readonly dryRun: boolean;
}

const PAGE = 100;

/**
 * Sends the create or edit of every row of a trigger's table, as if each had just been written, at a pace.
 *
 * @returns The progress after each page of rows.
 * @throws {Refusal} For a delete, of which there is no row.
 */
export async function* backfill(
  parts: AdminParts,
  from: Omit<BackfillProgress, 'done'>,
  { since, by, pace, dryRun }: BackfillOptions,
): AsyncGenerator<BackfillProgress> {
  const { trigger, run } = from;
  const entity = entityOf(trigger);
  if (trigger.endsWith('.delete')) throw new Refusal(`There is no row of what was deleted: backfill ${entity}.create.`);
  let { sent, skipped, after } = from;
  do {
    const started = Date.now();
    const { Items = [], LastEvaluatedKey } = await parts.dynamodb.send(
      new ScanCommand({ TableName: parts.crmTables[entity], Limit: PAGE, ExclusiveStartKey: after }),
    );
    const wanted = Items.filter((row) => since === undefined || isSince(row[by], since));
    const notifications = wanted.flatMap((row) => notificationOf(row, trigger, run));
    if (!dryRun && notifications.length > 0) {
      await parts.queue.send(notifications);
      await sleep(Math.max(0, (notifications.length / pace) * 1000 - (Date.now() - started)));
    }
    sent += notifications.length;
    skipped += wanted.length - notifications.length;
    after = LastEvaluatedKey;
    yield { trigger, run, sent, skipped, ...(after && { after }), done: after === undefined };
  } while (after);
}

function isSince(value: AttributeValue | undefined, since: string): boolean {
  if (value?.N !== undefined) return Number(value.N) >= Number(since);
  return value?.S !== undefined && value.S >= since;
}

/** Nothing for a row whose ids are not usable. */
function notificationOf(row: Record<string, AttributeValue>, trigger: Trigger, run: string): Notification[] {
  const entity = entityOf(trigger);
  const read = readIds(entity, row);
  if ('reason' in read) return [];
  const keys = Object.fromEntries(entities[entity].key.map((name) => [name, row[name] ?? {}]));
  const record = recordHash(entity, keys);
  const eventId = createHash('sha256').update(`${run} ${record}`).digest('hex');
  return [
    {
      id: notificationId(eventId, trigger),
      trigger,
      formattedString: formattedString(entity, read.ids),
      record,
      sequence: '0',
      changedAt: Date.now(),
    },
  ];
}
