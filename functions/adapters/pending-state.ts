import type * as z from 'zod/mini';
import { fromMessage, type Notification } from '../core/notification.ts';
import { type Alone, type Parked, type Tried, unattempted } from './backlog-items.ts';
import { lifeOf, type stateRow, triedOf } from './backlog-rows.ts';

/** The state of a notification whose message may have been received before, from the backlog table. */
export interface Seen extends Tried {
  /** The notification, with what earlier ones that were merged into it left. */
  readonly notification: Notification;
  /** Its row in the backlog, if there is one; not the row of a later life. */
  readonly parked: Pick<Parked, 'notification' | 'token'> | undefined;
  /** Absent if it was in a backlog, or if another function could have its message at the latest attempt. */
  readonly alone?: Alone | undefined;
  /** Whether that row is of this life of the notification. */
  readonly isParked: boolean;
  /** Another function delivered it, moved it to Failed or put it into the backlog: nothing is left to do. */
  readonly settled: boolean;
}

/** @param rows Its rows in the backlog table. */
export function stateOf(notification: Notification, rows: readonly z.output<typeof stateRow>[]): Seen {
  const life = lifeOf(notification);
  const parked = rows.find((row) => row.list.endsWith('#parked') && row.life <= life);
  const settled = rows.some((row) => row.life > life || (row.life === life && row.done));
  const tried = [parked, ...rows].find((row) => row?.life === life && !row.done);
  const stored = fromMessage(tried?.message ?? '');
  const { coalesced, oldestAt } = 'id' in stored ? stored : notification;
  return {
    ...(tried ? triedOf(tried) : unattempted),
    alone: tried?.alone,
    notification: coalesced ? { ...notification, coalesced, oldestAt } : notification,
    settled,
    parked: parked && { notification, token: parked.token },
    isParked: parked?.life === life,
  };
}

/** Returns those of the notifications that have a mark as merged, with the ID in it. @param rows Their marks and other states. */
export function mergedAmong(
  parked: readonly Parked[],
  rows: readonly z.output<typeof stateRow>[],
): ReadonlyMap<Parked, string> {
  const marks = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    parked.flatMap((one) => {
      const { mergedInto, life = 0 } = marks.get(one.notification.id) ?? {};
      return mergedInto !== undefined && life >= lifeOf(one.notification) ? [[one, mergedInto] as const] : [];
    }),
  );
}
