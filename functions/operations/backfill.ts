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

/** A slice ends after this time, so that a request for it does not time out. */
const SLICE_MS = 8_000;

/** The slices of a backfill are one entry of the history in this time. */
const NOTED_MS = 10 * 60_000;

type BackfillDeps = Deps<'dynamodb' | 'crmTables' | 'rowRules' | 'triggersTable' | 'queue' | 'history' | 'who'>;

/**
 * Sends a create or edit for each row of a trigger's table, as if each row had just been written, at a limited rate.
 *
 * @param begin Called before the first page, unless nothing is sent.
 * @returns The progress after each page of rows.
 * @throws {UserError} For a delete, because it leaves no row. Also if there is no URL, or it is cleared meanwhile.
 */
export async function* backfill(
  deps: BackfillDeps,
  from: Omit<BackfillProgress, 'done'>,
  { since, by, pace, dryRun }: BackfillOptions,
  begin = () => noteStart(deps, from),
): AsyncGenerator<BackfillProgress> {
  const { trigger, run } = from;
  const entity = entityOf(trigger);
  if (trigger.endsWith('.delete'))
    throw new UserError(`A deleted ${entity} has no row to send. Fix: backfill ${entity}.create.`);
  const TableName = deps.crmTables[entity];
  await needUrl(deps, trigger);
  const { Table } = await deps.dynamodb.send(new DescribeTableCommand({ TableName }));
  const key = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  if (!dryRun) await begin();
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

/**
 * Does a part of a backfill, for a caller that repeats it with the returned progress until it is done.
 *
 * @returns `pauseMs`: how long the caller waits before the next part, for the pace.
 */
export async function backfillSlice(
  deps: BackfillDeps,
  from: Omit<BackfillProgress, 'done'>,
  options: BackfillOptions,
): Promise<BackfillProgress & { readonly pauseMs: number }> {
  const started = Date.now();
  let progress: BackfillProgress = { ...from, done: false };
  let dueMs = 0;
  for await (progress of backfill(deps, from, options, () => noteSlice(deps, from))) {
    dueMs = options.dryRun ? 0 : ((progress.sent - from.sent) / options.pace) * 1000;
    if (Math.max(dueMs, Date.now() - started) >= SLICE_MS) break;
  }
  const pauseMs = progress.done ? 0 : Math.max(0, Math.round(dueMs - (Date.now() - started)));
  return { ...progress, pauseMs };
}

async function noteStart(deps: BackfillDeps, { trigger, after }: Omit<BackfillProgress, 'done'>): Promise<void> {
  await note(deps, { what: 'backfill', trigger, from: null, to: after ? 'continued' : 'started' });
}

async function noteSlice(deps: BackfillDeps, from: Omit<BackfillProgress, 'done'>): Promise<void> {
  const { entries } = from.after ? await deps.history.read(100) : { entries: [] };
  const since = Date.now() - NOTED_MS;
  const isNoted = entries.some(
    ({ what, trigger, who, at }) => what === 'backfill' && trigger === from.trigger && who === deps.who && at > since,
  );
  if (!isNoted) await noteStart(deps, from);
}

/** Returns the number of rows of a trigger's table. DynamoDB updates it about every six hours. */
export async function rowEstimate(deps: Deps<'dynamodb' | 'crmTables'>, trigger: Trigger): Promise<number> {
  const TableName = deps.crmTables[entityOf(trigger)];
  return (await deps.dynamodb.send(new DescribeTableCommand({ TableName }))).Table?.ItemCount ?? 0;
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
