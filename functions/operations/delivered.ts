import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { type Entity, entities, entityOf, type Trigger } from '../core/entity.ts';
import type { LogEntry } from '../core/log-entry.ts';
import type { Notification } from '../core/notification.ts';
import { recordHash } from '../core/record-hash.ts';
import { attributeOf } from '../core/row-rules.ts';
import { type Clock, liveClock } from './clock.ts';
import type { Deps } from './deployment.ts';
import { searchLog } from './search-log.ts';
import { type Redelivered, sendAgain } from './send-again.ts';
import { UserError } from './user-error.ts';

/** Notifications that were delivered in a range of time. */
export interface DeliveredRange {
  readonly trigger?: Trigger | undefined;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Epoch milliseconds; not included. */
  readonly until: number;
}

/** All of them are in memory. */
const MOST = 100_000;

const PAGE = 1_000;

/**
 * Returns the notifications that the delivery log shows as delivered in a range, the oldest first. A notification with
 * several deliveries is returned once, with its first. Tests are left out.
 *
 * @throws {UserError} If there are more than 100,000.
 */
export async function delivered({ log }: Deps<'log'>, { trigger, since, until }: DeliveredRange): Promise<LogEntry[]> {
  const first = new Map<string, LogEntry>();
  const filter = { outcomes: ['delivered'] as const, since, ...(trigger && { trigger }) };
  let next: string | undefined;
  do {
    const page = await searchLog({ log }, filter, PAGE, 1, next);
    // The log is read from its newest entry, so the first delivery comes last.
    for (const entry of page.entries) if (entry.at < until && !entry.test) first.set(entry.id, entry);
    if (first.size > MOST)
      throw new UserError(`More than ${MOST} notifications were delivered in this range. Fix: choose a shorter range.`);
    next = page.next;
  } while (next);
  return [...first.values()].sort((a, b) => a.at - b.at);
}

/**
 * Queues delivered notifications again, with the same IDs, at a limited rate. Those of one record are queued in the order
 * of their first deliveries, and in the record's order with new changes. Their sequence is the time of their delivery,
 * because the log does not have the sequence of the change.
 *
 * @param chosen The entries that `delivered` returned.
 * @param perSecond Notifications per second.
 * @param progress Called with the number of entries that were handled so far.
 */
export async function redeliverDelivered(
  deps: Deps<'dynamodb' | 'crmTables' | 'rowRules' | 'triggersTable' | 'queue' | 'history' | 'who'>,
  chosen: readonly LogEntry[],
  perSecond: number,
  progress?: (count: number) => void,
  clock: Clock = liveClock,
): Promise<Redelivered[]> {
  const recordOf = recordReader(deps);
  const latest = new Map<string, number>();
  // The records are found before the first call to the queue, so that they are known in order.
  const notifications = new Map<LogEntry, Notification>();
  for (const entry of chosen) {
    const { id, trigger, formattedString, at } = entry;
    const record = await recordOf(trigger, formattedString);
    const sequence = Math.max(at, (latest.get(record) ?? 0) + 1);
    latest.set(record, sequence);
    notifications.set(entry, { id, trigger, formattedString, record, sequence: String(sequence), changedAt: at });
  }
  return sendAgain(deps, chosen, {
    notificationOf: async (entry) => {
      const notification = notifications.get(entry);
      return notification ? { ...notification, redelivered: clock.now() } : { rejected: 'it is not in the log' };
    },
    pace: { perSecond, clock },
    ...(progress && { progress }),
  });
}

/** Returns a function that finds the hash of a record by the formatted string. It reads the key of each table once. */
function recordReader(deps: Deps<'dynamodb' | 'crmTables' | 'rowRules'>) {
  const keys = new Map<Entity, Promise<readonly Key[]>>();
  return async (trigger: Trigger, formattedString: string): Promise<string> => {
    const entity = entityOf(trigger);
    const known = keys.get(entity) ?? keyOf(deps, entity);
    keys.set(entity, known);
    const ids = new URLSearchParams(formattedString);
    return recordHash(
      entity,
      Object.fromEntries((await known).map(({ name, id, type }) => [name, { [type]: ids.get(id) ?? '' }])),
    );
  };
}

/** An attribute of a table's key, and the ID in it. */
interface Key {
  readonly name: string;
  readonly id: string;
  readonly type: 'S' | 'N';
}

/**
 * Returns the key of a table, so that the hash of a record is the same as capture's. If the key has an attribute that is
 * not an ID, it returns all IDs: then new changes of the record are not ordered with those that are sent again.
 */
async function keyOf(
  { dynamodb, crmTables, rowRules }: Deps<'dynamodb' | 'crmTables' | 'rowRules'>,
  entity: Entity,
): Promise<readonly Key[]> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: crmTables[entity] }));
  const types = new Map(Table?.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]));
  const ids: readonly string[] = entities[entity].ids;
  const names = new Map(ids.map((id) => [attributeOf(id, rowRules[entity] ?? {}), id]));
  const key = (Table?.KeySchema ?? []).flatMap(({ AttributeName: name = '' }): Key[] => {
    const [id, type] = [names.get(name), types.get(name)];
    return id !== undefined && (type === 'S' || type === 'N') ? [{ name, id, type }] : [];
  });
  const isWhole = key.length > 0 && key.length === Table?.KeySchema?.length;
  return isWhole ? key : ids.map((id) => ({ name: id, id, type: 'S' as const }));
}
