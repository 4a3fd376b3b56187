import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, DescribeTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { entityOf, type Trigger } from '../core/entity.ts';
import { formattedString, type Ids } from '../core/formatted-string.ts';
import { type Notification, notificationId } from '../core/notification.ts';
import { recordHash } from '../core/record-hash.ts';
import { readIds } from '../core/row-ids.ts';
import type { Deps } from './deployment.ts';
import { noUrl } from './no-url.ts';
import { note } from './record-change.ts';
import { keyFromJson, keyToJson } from './row-key.ts';
import { UserError } from './user-error.ts';

/** The progress of a backfill, as JSON. Pass it in again to continue. */
export interface BackfillProgress {
  readonly trigger: Trigger;
  /** Makes the IDs of this backfill unique. They are the same if a part is sent again. */
  readonly run: string;
  readonly sent: number;
  readonly skipped: number;
  /** The key of the last row that was read, as JSON. Absent at the beginning. */
  readonly after?: object;
  readonly done: boolean;
}

export interface BackfillOptions {
  /** Only rows whose attribute `by` has this value or a later one. Values are compared as text, or as numbers if the row has one. */
  readonly since?: string | undefined;
  readonly by: string;
  /** Notifications per second. */
  readonly pace: number;
  /** Only counts, and sends nothing. */
  readonly dryRun: boolean;
}

const PAGE = 100;

/**
 * Sends a create or edit for each row of a trigger's table, as if each row had just been written, at a limited rate.
 *
 * @returns The progress after each page of rows.
 * @throws {UserError} For a delete, because it leaves no row. Also if there is no URL, or it is cleared meanwhile.
 */
export async function* backfill(
  deps: Deps<'dynamodb' | 'crmTables' | 'rowRules' | 'triggersTable' | 'queue' | 'history' | 'who'>,
  from: Omit<BackfillProgress, 'done'>,
  { since, by, pace, dryRun }: BackfillOptions,
): AsyncGenerator<BackfillProgress> {
  const { trigger, run } = from;
  const entity = entityOf(trigger);
  if (trigger.endsWith('.delete'))
    throw new UserError(`A deleted ${entity} has no row to send. Fix: backfill ${entity}.create.`);
  const TableName = deps.crmTables[entity];
  await needUrl(deps, trigger);
  const { Table } = await deps.dynamodb.send(new DescribeTableCommand({ TableName }));
  const key = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  if (!dryRun) await note(deps, { what: 'backfill', trigger, from: null, to: from.after ? 'continued' : 'started' });
  let { sent, skipped } = from;
  let after = from.after && keyFromJson(from.after);
  do {
    const started = Date.now();
    const { Items = [], LastEvaluatedKey } = await deps.dynamodb.send(
      new ScanCommand({ TableName, Limit: PAGE, ExclusiveStartKey: after }),
    );
    const wanted = Items.filter((row) => since === undefined || isSince(row[by], since));
    const notifications = wanted.flatMap((row) => {
      const read = readIds(entity, row, deps.rowRules[entity]);
      if ('reason' in read) return [];
      const keys = Object.fromEntries(key.map((name) => [name, row[name] ?? ({} as AttributeValue)]));
      // The same hash as capture's, so that a row's backfilled notification keeps its order among the row's changes.
      return [notificationOf(read.ids, recordHash(entity, keyToJson(keys)), trigger, run)];
    });
    if (!dryRun && notifications.length > 0) {
      await needUrl(deps, trigger);
      await deps.queue.send(notifications);
    }
    sent += notifications.length;
    skipped += wanted.length - notifications.length;
    after = LastEvaluatedKey;
    // Yields before the pause, so that a backfill that stops in the pause does not send this page again.
    yield { trigger, run, sent, skipped, ...(after && { after: keyToJson(after) }), done: after === undefined };
    if (!dryRun && after) await sleep(Math.max(0, (notifications.length / pace) * 1000 - (Date.now() - started)));
  } while (after);
}

/** Rejects a backfill without a URL, because deliver would move each notification to Failed. */
async function needUrl({ triggersTable }: Deps<'triggersTable'>, trigger: Trigger): Promise<void> {
  const { url } = (await triggersTable.read([trigger])).get(trigger) ?? {};
  if (url === undefined) throw new UserError(`${trigger} cannot be backfilled: ${noUrl(trigger)}.`, 'conflict');
}

function isSince(value: AttributeValue | undefined, since: string): boolean {
  if (value?.N !== undefined) return Number(value.N) >= Number(since);
  return value?.S !== undefined && value.S >= since;
}

function notificationOf(ids: Ids, record: string, trigger: Trigger, run: string): Notification {
  const eventId = createHash('sha256').update(`${run} ${record}`).digest('hex');
  return {
    id: notificationId(eventId, trigger),
    trigger,
    formattedString: formattedString(entityOf(trigger), ids),
    record,
    sequence: '0',
    changedAt: Date.now(),
  };
}
