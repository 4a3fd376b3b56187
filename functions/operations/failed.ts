import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Failed } from '../adapters/backlog-items.ts';
import { errorFields } from '../adapters/logger.ts';
import type { Place } from '../adapters/table.ts';
import { allEnded } from '../core/all-ended.ts';
import { entityOf, type Trigger, triggers } from '../core/entity.ts';
import { formattedString, percentEncode } from '../core/formatted-string.ts';
import type { Notification } from '../core/notification.ts';
import { inRecordOrder } from '../core/record-order.ts';
import { readIds } from '../core/row-ids.ts';
import type { Deps } from './deployment.ts';
import { keyFromJson } from './row-key.ts';
import { type Redelivered, sendAgain } from './send-again.ts';

/** Selects entries of Failed. */
export interface Choice {
  readonly id?: string | undefined;
  /** Only entries with this text in the formatted string, or in the key of the row. */
  readonly text?: string | undefined;
  readonly trigger?: Trigger | undefined;
  /** Only entries that failed at this time or later, in epoch milliseconds. */
  readonly since?: number | undefined;
  /** Only entries that failed at this time or earlier, in epoch milliseconds. */
  readonly until?: number | undefined;
}

function isChosen({ id, text, since = 0, until = Number.POSITIVE_INFINITY }: Choice): (one: Failed) => boolean {
  const texts = text === undefined ? [] : [text, percentEncode(text.toWellFormed())];
  return (one) =>
    one.failedAt >= since &&
    one.failedAt <= until &&
    (id === undefined || one.id === id) &&
    (text === undefined || texts.some((wanted) => idsOf(one).includes(wanted)));
}

/** The IDs of the record as text. */
function idsOf({ notification, keys }: Failed): string {
  return notification?.formattedString ?? JSON.stringify(keys ?? {});
}

const PAGE = 500;

/** Returns the selected entries of Failed: the oldest change first, and the changes of a record in order. */
export async function failed({ backlog }: Deps<'backlog'>, choice: Choice): Promise<Failed[]> {
  const { trigger } = choice;
  const chosen: Failed[] = [];
  for (const of of trigger ? [trigger] : triggers) {
    let next: Place | undefined;
    do {
      const page = await backlog.failed(of, PAGE, next);
      chosen.push(...page.failed.filter(isChosen(choice)));
      next = page.next;
    } while (next);
  }
  return inRecordOrder(chosen, (one) => one);
}

/** The maximum number of pages that are read for one trigger. */
const MOST_PAGES = 10;

/** A count stops here and then means "at least". */
const ENOUGH = 1_000;

/**
 * Returns the newest entries of Failed and their total. Only a few pages are read, however large Failed is.
 *
 * @returns `isMinimum`: there can be more than `total`, because a trigger has more than 1,000 or not all were searched.
 */
export async function latestFailed(
  { backlog }: Deps<'backlog'>,
  choice: Choice,
  limit: number,
): Promise<{ readonly failed: Failed[]; readonly total: number; readonly isMinimum: boolean }> {
  const { trigger } = choice;
  const isFiltered = [choice.id, choice.text, choice.since, choice.until].some((part) => part !== undefined);
  const perTrigger = await allEnded(
    (trigger ? [trigger] : triggers).map(async (of) => {
      const found: Failed[] = [];
      let next: Place | undefined;
      for (let pages = 0; pages < MOST_PAGES && found.length < limit; pages++) {
        const page = await backlog.failed(of, limit, next, true);
        found.push(...page.failed.filter(isChosen(choice)));
        next = page.next;
        if (!next) break;
      }
      if (next === undefined) return { found, total: found.length, isMinimum: false };
      if (isFiltered) return { found, total: found.length, isMinimum: true };
      const total = found.length + (await backlog.count(of, 'failed', ENOUGH - found.length, next));
      return { found, total, isMinimum: total >= ENOUGH };
    }),
  );
  const all = perTrigger.flatMap(({ found }) => found).toSorted((a, b) => b.failedAt - a.failedAt);
  return {
    failed: all.slice(0, limit),
    total: perTrigger.reduce((sum, { total }) => sum + total, 0),
    isMinimum: perTrigger.some(({ isMinimum }) => isMinimum),
  };
}

type RowDeps = Deps<'dynamodb' | 'crmTables' | 'rowRules'>;
type RedeliverDeps = RowDeps & Deps<'triggersTable' | 'queue' | 'backlog'>;

/**
 * Queues entries of Failed again, with the same IDs, and the changes of a record in order. A change that could not be
 * formatted is read from its CRM table again. An entry stays in Failed until the queue has it, and also if it has failed
 * again meanwhile. So a run that is interrupted, or that overlaps with another, can only send a notification twice.
 *
 * @param chosen The objects that `failed` returned.
 */
export function redeliver(
  deps: RedeliverDeps & Deps<'history' | 'who'>,
  chosen: readonly Failed[],
): Promise<Redelivered[]> {
  return sendAgain(
    deps,
    inRecordOrder(chosen, (one) => one),
    {
      notificationOf: (one) => notificationOf(deps, one),
      sent: (one) => deps.backlog.forget(one),
    },
  );
}

async function notificationOf(deps: RowDeps, f: Failed): Promise<Notification | { rejected: string }> {
  // It must be later than each earlier redelivery, also one by a machine whose clock is ahead: deliver compares them.
  const redelivered = Math.max(Date.now(), (f.notification?.redelivered ?? 0) + 1);
  if (f.notification) return { ...f.notification, redelivered };
  if (!f.keys) return { rejected: 'this version cannot read the notification as it is stored' };
  const { id, trigger, record, sequence, changedAt } = f;
  const entity = entityOf(trigger);
  const get = new GetItemCommand({
    TableName: deps.crmTables[entity],
    Key: keyFromJson(f.keys),
    ConsistentRead: true,
  });
  // One row that cannot be read must not keep the others in Failed.
  const row = await deps.dynamodb.send(get).catch((error) => ({ unreadable: errorFields(error).error }));
  if ('unreadable' in row) return { rejected: `the ${entity} cannot be read (${row.unreadable})` };
  if (!row.Item) return { rejected: `the ${entity} is no longer there` };
  const read = readIds(entity, row.Item, deps.rowRules[entity]);
  if ('reason' in read) return { rejected: `${read.reason}: repair the row first` };
  return { id, trigger, record, sequence, changedAt, redelivered, formattedString: formattedString(entity, read.ids) };
}
